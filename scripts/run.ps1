# Sets MediaProcessor up and starts it.
#
#   scripts\run.ps1             opens the window
#   scripts\run.ps1 --demo      makes a sample film, processes it and shows what became of it
#   scripts\run.ps1 plan FILM   any other arguments go to main.py (docs/commandline.md)
$project = Split-Path -Parent $PSScriptRoot
. (Join-Path $PSScriptRoot 'environment.ps1')

Push-Location $project
try {
    $python = Join-Path $project (Update-Environment '.venv' @('requirements.txt'))
    Install-MkvToolNix
} finally {
    Pop-Location # the arguments may name files from here
}

$program, $arguments = (Join-Path $project 'main.py'), $args
if ($args.Count -gt 0 -and $args[0] -eq '--demo') {
    $program, $arguments = (Join-Path $project 'scripts\demo.py'), @($args | Select-Object -Skip 1)
}
& $python $program @arguments
exit $LASTEXITCODE
