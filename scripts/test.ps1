# Sets everything up that the tests need and runs them: format, lint, types and the whole suite.
#
#   scripts\test.ps1                    everything
#   scripts\test.ps1 tests\core -k opus the checks, then pytest with these arguments
. (Join-Path $PSScriptRoot 'environment.ps1')
Set-Location (Split-Path -Parent $PSScriptRoot)

$python = Update-Environment '.venv' @('requirements.txt', 'requirements-dev.txt')
Install-MkvToolNix

$failed = @()
$stages = @(
    @('ruff format', @('-m', 'ruff', 'format', '--check', '--quiet', '.')),
    @('ruff check', @('-m', 'ruff', 'check', '--quiet', '.')),
    @('mypy', @('-m', 'mypy', '.')),
    @('pytest', @('-m', 'pytest') + $args)
)
foreach ($stage in $stages) {
    $name, $arguments = $stage
    Say "-- $name"
    & $python @arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { $failed += $name }
}
if ($failed.Count -gt 0) {
    Say "Failed: $($failed -join ', ')"
    exit 1
}
