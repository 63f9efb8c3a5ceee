# Live readings for one project as a scheduled task of Windows, which starts with the computer and again after a failure.
# Run as administrator:
#   powershell -ExecutionPolicy Bypass -File windows-service.ps1 -Project D:\data\liangshan -Broker mqtts://centre:8883 `
#     -Topic "impf/+/pt1s/1/+" -User centre -PasswordFile D:\data\liangshan.password `
#     -Python C:\quakegui\.venv\Scripts\python.exe
# -Python names the Python of an environment with "quakegui[live]" that every account can read: not below C:\Users.
# Remove it with: Unregister-ScheduledTask -TaskName "quakegui listen liangshan"
param(
    [Parameter(Mandatory)] [string] $Project,
    [Parameter(Mandatory)] [string] $Broker,
    [Parameter(Mandatory)] [string] $Topic,
    [Parameter(Mandatory)] [string] $Python,
    [string] $User = "",
    [string] $PasswordFile = ""
)
$ErrorActionPreference = "Stop"
if (-not (Test-Path $Python)) { throw "There is no Python at $Python." }
$words = @("-m", "quakegui", "listen", "`"$Project`"", $Broker, "--topic", "`"$Topic`"")
if ($User) { $words += @("--user", "`"$User`"") }
if ($PasswordFile) {
    # Only the account of the service and administrators may read the password.
    icacls $PasswordFile /inheritance:r /grant:r "*S-1-5-19:R" "*S-1-5-32-544:F" | Out-Null
    $words += @("--password-file", "`"$PasswordFile`"")
}
# LOCAL SERVICE has few rights; it must be able to write the project.
icacls $Project /grant "*S-1-5-19:(OI)(CI)M" | Out-Null
$action = New-ScheduledTaskAction -Execute $Python -Argument ($words -join " ")
$trigger = New-ScheduledTaskTrigger -AtStartup
$settings = New-ScheduledTaskSettingsSet -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1) `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
$account = New-ScheduledTaskPrincipal -UserId "S-1-5-19" -LogonType ServiceAccount
$name = "quakegui listen " + (Split-Path $Project -Leaf)
Register-ScheduledTask -TaskName $name -Action $action -Trigger $trigger -Settings $settings -Principal $account -Force | Out-Null
Start-ScheduledTask -TaskName $name
Write-Output "The task '$name' was created and started. State of the stations: quakegui listen --status `"$Project`""
