# Builds MediaProcessor.exe on Windows: dist\MediaProcessor.exe, the folder dist\MediaProcessor-folder, their SHA-256
# sums and the list of what is inside. A Python of python.org, 3.11 or newer, is right for what is released.
#
#   scripts\build_exe.ps1                      both
#   scripts\build_exe.ps1 --only onefile       just one of them (or onedir)
#   scripts\build_exe.ps1 --without-ffmpeg     smaller; ffmpeg then has to be on the machine
. (Join-Path $PSScriptRoot 'environment.ps1')
Set-Location (Split-Path -Parent $PSScriptRoot)

$python = Update-Environment '.venv' @('requirements.txt')
$env:PYTHONHASHSEED = '0' # the two that PyInstaller's builds are repeatable by
if (-not $env:SOURCE_DATE_EPOCH) { $env:SOURCE_DATE_EPOCH = '1704067200' }
& $python -m PyInstaller --noconfirm MediaProcessor.spec -- @args | Out-Host
if ($LASTEXITCODE -ne 0) {
    Say 'The build failed; see the messages above.'
    exit 1
}

Copy-Item 'build\MediaProcessor\licences\sbom.cdx.json' 'dist\MediaProcessor.cdx.json'
$programs = @('dist\MediaProcessor.exe', 'dist\MediaProcessor-folder\MediaProcessor.exe') | Where-Object { Test-Path $_ }
$files = $programs + @('dist\MediaProcessor-folder\mediaprocessor-cli.exe', 'dist\MediaProcessor.cdx.json') | Where-Object { Test-Path $_ }
$sums = foreach ($file in $files) {
    '{0}  {1}' -f (Get-FileHash -Algorithm SHA256 $file).Hash.ToLowerInvariant(), ($file -replace '^dist\\', '' -replace '\\', '/')
}
Set-Content -Encoding ASCII 'dist\SHA256SUMS' $sums
$sums | Out-Host

# Seconds until the window can be seen, on a data folder of its own.
function Measure-Start([string] $Program) {
    $data = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
    $clock = [Diagnostics.Stopwatch]::StartNew()
    Start-Process $Program -ArgumentList @('--data-dir', "`"$data`"")
    $window = $null
    while (-not $window -and $clock.Elapsed.TotalSeconds -lt 120) {
        Start-Sleep -Milliseconds 50
        $window = Get-Process MediaProcessor -ErrorAction SilentlyContinue | Where-Object { $_.MainWindowTitle -eq 'MediaProcessor' }
    }
    $seconds = $clock.Elapsed.TotalSeconds
    if (-not $window) {
        Say "$Program did not open its window in two minutes."
        exit 1
    }
    $null = $window | ForEach-Object { $_.CloseMainWindow() }
    $window | Wait-Process -Timeout 60 -ErrorAction SilentlyContinue
    Start-Sleep -Seconds 1 # the one file removes what it had unpacked
    Remove-Item -Recurse -Force $data -ErrorAction SilentlyContinue
    return $seconds
}

foreach ($program in $programs) {
    $size = (Get-Item $program).Length
    if ($program -like '*folder*') {
        $size = (Get-ChildItem -Recurse -File (Split-Path $program) | Measure-Object Length -Sum).Sum
    }
    $first = Measure-Start (Resolve-Path $program).Path
    $again = Measure-Start (Resolve-Path $program).Path
    '{0}: {1:N0} MB, window after {2:N1} s, the second time after {3:N1} s' -f $program, ($size / 1MB), $first, $again | Out-Host
}

$check = & (Resolve-Path $programs[0]).Path --self-check | Out-String
$check | Out-Host
if (-not ($check | ConvertFrom-Json).ok) { exit 1 }
