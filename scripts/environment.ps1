# Dot-sourced by run.ps1 and test.ps1: finds Python, installs programs where that is possible without
# asking, and keeps the virtual environment up to date.

$ErrorActionPreference = 'Stop'

function Say([string] $Text) { [Console]::Error.WriteLine($Text) }

function Test-Program([string] $Name) { $null -ne (Get-Command $Name -ErrorAction SilentlyContinue) }

# Installs through winget or scoop, whichever is there. True when it worked.
function Install-Program([string] $Why, [string] $WingetId, [string] $ScoopName) {
    if (Test-Program winget) {
        Say "${Why}: installing $WingetId (winget)..."
        & winget install --exact --id $WingetId --silent --accept-package-agreements --accept-source-agreements --disable-interactivity | Out-Host
        if ($LASTEXITCODE -eq 0) { return $true }
    } elseif (Test-Program scoop) {
        Say "${Why}: installing $ScoopName (scoop)..."
        & scoop install $ScoopName | Out-Host
        if ($LASTEXITCODE -eq 0) { return $true }
    }
    Say "${Why}: could not be installed by itself. Install $WingetId with winget, or $ScoopName with scoop."
    return $false
}

# The first Python 3.8 or newer that can make virtual environments and open windows.
function Find-Python {
    $ErrorActionPreference = 'Continue' # or Windows PowerShell takes a line on stderr for an exception
    $candidates = @(@('py', '-3'), @('python'), @('python3'))
    if ($env:PYTHON) { $candidates = , @($env:PYTHON) + $candidates }
    foreach ($candidate in $candidates) {
        if (-not (Test-Program $candidate[0])) { continue }
        $first, $rest = $candidate
        # The Microsoft Store's stand-in is named python too; it starts nothing and prints nothing.
        $path = & $first @rest -c 'import sys, venv, ensurepip, tkinter; print(sys.executable if sys.version_info >= (3, 8) else "")' 2>$null
        if ($LASTEXITCODE -eq 0 -and $path) { return "$path".Trim() }
    }
    return $null
}

# Makes or updates the virtual environment. What was installed is remembered as a copy of each
# requirements file, so that a start with nothing to do is quick.
function Update-Environment([string] $Folder, [string[]] $Requirements) {
    $python = Join-Path $Folder 'Scripts\python.exe'
    $wanted = @()
    foreach ($file in $Requirements) {
        $stamp = Join-Path $Folder "installed-$file"
        if (-not (Test-Path $stamp) -or (Get-FileHash $stamp).Hash -ne (Get-FileHash $file).Hash) {
            $wanted += '-r', $file
        }
    }
    if ($wanted.Count -eq 0 -and (Test-Path $python)) { return $python }
    if (-not (Test-Path $python)) {
        $base = Find-Python
        if (-not $base) {
            $null = Install-Program 'Python' 'Python.Python.3.12' 'python'
            $base = Find-Python
        }
        if (-not $base) {
            Say 'No Python 3.8 or newer with tkinter was found. Install it from python.org, open a new console and try again.'
            exit 1
        }
        Say "Making the virtual environment $Folder..."
        & $base -m venv $Folder
        if ($LASTEXITCODE -ne 0) { exit 1 }
    }
    Say "Installing what $($Requirements -join ', ') ask for into $Folder..."
    & $python -m pip install -qq --disable-pip-version-check @wanted | Out-Host
    if ($LASTEXITCODE -ne 0) {
        Say 'pip could not install everything; see its message above, and try again.'
        exit 1
    }
    & $python (Join-Path $PSScriptRoot 'slim_environment.py') tests | Out-Host # programs that nobody calls
    foreach ($file in $Requirements) { Copy-Item $file (Join-Path $Folder "installed-$file") }
    return $python
}

# mkvpropedit, which MKVToolNix installs without putting it into PATH.
function Install-MkvToolNix {
    $usual = Join-Path $env:ProgramFiles 'MKVToolNix\mkvpropedit.exe'
    if ((Test-Program mkvpropedit) -or (Test-Path $usual)) { return }
    if (-not (Install-Program 'Track names, languages and flags (mkvpropedit)' 'MoritzBunkus.MKVToolNix' 'mkvtoolnix')) {
        Say 'Without mkvpropedit films wait, unless the setting processing.missing_mkvpropedit says "continue".'
    }
}
