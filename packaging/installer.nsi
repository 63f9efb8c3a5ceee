; The Windows installer: per user, no administrator, English and Simplified Chinese.
;
;   makensis -DTREE=packaging/build/tree packaging/installer.nsi            (zlib: quick)
;   makensis -DTREE=... -DSMALL packaging/installer.nsi                     (LZMA solid: half the size, many times the time)
;   makensis -DTREE=... -DPLAIN packaging/installer.nsi                     (not compressed: for the smoke test)
;   -DOUTFILE=name.exe   -DSIGN="packaging/sign.sh"   (the signing script is called with the file to be signed)
;
; Beside TREE lie tree.nsh and the optional components, which build_tree.py wrote.
; Silent: quakegui-setup.exe /S [/COMPONENTS=shared,live] [/D=C:\folder]; /D must come last, unquoted. Without /COMPONENTS, all.
; Exit codes: 0 done, 1 cancelled, 2 refused (the program runs, the folder's path is too long, or it is somebody else's folder).

Target amd64-unicode
!include "MUI2.nsh"
!include "x64.nsh"
!include "WinVer.nsh"
!include "LogicLib.nsh"
!include "FileFunc.nsh"
!include "Sections.nsh"
!include "StrFunc.nsh"
!include "Win\COM.nsh"
!include "Win\Propkey.nsh"
!include "${TREE}.nsh"

${Using:StrFunc} StrLoc

!define NAME "quakegui"
!define APP_ID "quakegui" ; the name that the window gives itself in the taskbar, quakegui/ui/start.py
!define APPS "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define LONGEST_PATH 259

Name "${NAME}"
!ifndef OUTFILE
  !define OUTFILE "quakegui-${VERSION}-setup.exe"
!endif
OutFile "${OUTFILE}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${APPS}" "InstallLocation"
RequestExecutionLevel user
ManifestDPIAware true
BrandingText "${NAME} ${VERSION}"
!ifdef SMALL
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!else
  SetCompressor zlib
!endif
!ifdef PLAIN
  SetCompress off
!endif
!ifdef SIGN
  !finalize '"${SIGN}" "%1"'
  !uninstfinalize '"${SIGN}" "%1"'
!endif

!define MUI_ICON "${TREE}\quakegui.ico"
!define MUI_UNICON "${TREE}\quakegui.ico"
!define MUI_ABORTWARNING
!insertmacro MUI_PAGE_LICENSE "${TREE}\LICENSE.txt"
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\pythonw.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "-m quakegui"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString RUNS ${LANG_ENGLISH} "quakegui is running. Close it, then try again."
LangString RUNS ${LANG_SIMPCHINESE} "quakegui 正在运行。请先关闭它，然后重试。"
LangString TOO_LONG ${LANG_ENGLISH} "The path of this folder is too long for Windows. Choose a shorter one."
LangString TOO_LONG ${LANG_SIMPCHINESE} "此文件夹的路径对 Windows 来说过长。请选择较短的路径。"
LangString NOT_EMPTY ${LANG_ENGLISH} "This folder holds other files. Choose an empty or a new one."
LangString NOT_EMPTY ${LANG_SIMPCHINESE} "此文件夹中已有其他文件。请选择空文件夹或新文件夹。"
LangString OLD_STAYED ${LANG_ENGLISH} "The earlier version could not be removed. Nothing was installed."
LangString OLD_STAYED ${LANG_SIMPCHINESE} "无法删除旧版本。未安装任何内容。"
LangString ONLY_64 ${LANG_ENGLISH} "quakegui needs 64-bit Windows 10 (1903) or newer."
LangString ONLY_64 ${LANG_SIMPCHINESE} "quakegui 需要 64 位 Windows 10 (1903) 或更高版本。"
LangString PROGRAM ${LANG_ENGLISH} "Program"
LangString PROGRAM ${LANG_SIMPCHINESE} "程序"
LangString SHARED ${LANG_ENGLISH} "Shared projects (PostgreSQL)"
LangString SHARED ${LANG_SIMPCHINESE} "共享项目 (PostgreSQL)"
LangString LIVE ${LANG_ENGLISH} "Live readings (MQTT)"
LangString LIVE ${LANG_SIMPCHINESE} "实时观测数据 (MQTT)"
LangString TITLE ${LANG_ENGLISH} "quakegui"
LangString TITLE ${LANG_SIMPCHINESE} "quakegui 地磁台网工作站"

!macro REFUSE text
  ${IfNot} ${Silent}
    MessageBox MB_OK|MB_ICONSTOP "${text}"
  ${EndIf}
  SetErrorLevel 2
  Quit
!macroend

; A running program file cannot be opened for writing. That is the check: no process list, no tool that a scanner may dislike.
!macro RUNNING_CHECK
  ${If} ${FileExists} "$INSTDIR\python312.dll"
    ClearErrors
    FileOpen $0 "$INSTDIR\python312.dll" a
    ${If} ${Errors}
      !insertmacro REFUSE "$(RUNS)"
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

; $0 is 1 where the folder can be installed into, else $1 is the reason.
Function JudgeFolder
  StrCpy $0 0
  StrLen $2 "$INSTDIR"
  IntOp $2 $2 + ${LONGEST}
  IntOp $2 $2 + 1
  ${If} $2 > ${LONGEST_PATH}
    StrCpy $1 "$(TOO_LONG)"
    Return
  ${EndIf}
  ${IfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    ${DirState} "$INSTDIR" $2
    ${If} $2 == 1
      StrCpy $1 "$(NOT_EMPTY)"
      Return
    ${EndIf}
  ${EndIf}
  StrCpy $0 1
FunctionEnd

Function CheckFolder
  Call JudgeFolder
  ${If} $0 != 1
    MessageBox MB_OK|MB_ICONEXCLAMATION "$1"
    Abort
  ${EndIf}
FunctionEnd

; The link carries the name that the window has in the taskbar, so that the window is shown as this link's, and pinning it pins
; the link. Where Windows keeps no such name the link stays as it is.
Function NameLink
  StrCpy $7 "$SMPROGRAMS\$(TITLE).lnk"
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P= 0
    Return
  ${EndIf}
  ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
  ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r2)'
  ${If} $1 P<> 0
  ${AndIf} $2 P<> 0
    ${IPersistFile::Load} $1 '(r7,${STGM_READWRITE}).r6'
    ${If} $6 = 0
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r3'
      System::Call '*(&w64 "${APP_ID}")p.r4'
      System::Call '*(&i2 ${VT_LPWSTR},&i2 0,&i2 0,&i2 0,p r4,p 0)p.r5'
      ${IPropertyStore::SetValue} $2 '(r3,r5).r6'
      ${If} $6 = 0
        ${IPropertyStore::Commit} $2 '().r6'
        ${IPersistFile::Save} $1 '(r7,1).r6'
      ${EndIf}
      System::Free $3
      System::Free $4
      System::Free $5
    ${EndIf}
  ${EndIf}
  !insertmacro ComHlpr_SafeRelease $2
  !insertmacro ComHlpr_SafeRelease $1
  ${IUnknown::Release} $0 ""
FunctionEnd

Section "$(PROGRAM)"
  SectionIn RO
  Call JudgeFolder
  ${If} $0 != 1
    !insertmacro REFUSE "$1"
  ${EndIf}
  !insertmacro RUNNING_CHECK

  ; An upgrade: the earlier version removes its own list, wherever it lies; what others put there stays.
  ReadRegStr $3 HKCU "${APPS}" "InstallLocation"
  ${If} $3 != ""
  ${AndIf} ${FileExists} "$3\uninstall.exe"
    ExecWait '"$3\uninstall.exe" /S _?=$3' $4
    ${If} $4 != 0
      !insertmacro REFUSE "$(OLD_STAYED)"
    ${EndIf}
    Delete "$3\uninstall.exe"
    RMDir "$3"
  ${EndIf}

  SetOutPath "$INSTDIR"
  File /r "${TREE}/*"
  WriteUninstaller "$INSTDIR\uninstall.exe"

  CreateShortCut "$SMPROGRAMS\$(TITLE).lnk" "$INSTDIR\pythonw.exe" "-m quakegui" "$INSTDIR\quakegui.ico"
  Call NameLink
  WriteRegStr HKCU "${APPS}" "DisplayName" "$(TITLE)"
  WriteRegStr HKCU "${APPS}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${APPS}" "DisplayIcon" "$INSTDIR\quakegui.ico"
  WriteRegStr HKCU "${APPS}" "Publisher" "the quakegui maintainers"
  WriteRegStr HKCU "${APPS}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${APPS}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${APPS}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegStr HKCU "${APPS}" "StartMenuLink" "$SMPROGRAMS\$(TITLE).lnk"
  WriteRegDWORD HKCU "${APPS}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${APPS}" "NoModify" 1
  WriteRegDWORD HKCU "${APPS}" "NoRepair" 1
SectionEnd

!macro COMPONENT name title id
  !if /FileExists "${TREE}-${name}\*.*"
    Section "${title}" ${id}
      SetOutPath "$INSTDIR"
      File /r "${TREE}-${name}/*"
    SectionEnd
  !endif
!macroend
!insertmacro COMPONENT "shared" "$(SHARED)" COMPONENT_SHARED
!insertmacro COMPONENT "live" "$(LIVE)" COMPONENT_LIVE

; Leave a component out that /COMPONENTS does not name.
!macro CHOOSE name id
  !ifdef ${id}
    ${StrLoc} $2 ",$1," ",${name}," ">"
    ${If} $2 == ""
      !insertmacro UnselectSection ${${id}}
    ${EndIf}
  !endif
!macroend

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
    !insertmacro REFUSE "$(ONLY_64)"
  ${EndIf}
  SetShellVarContext current
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/COMPONENTS=" $1
  ${IfNot} ${Errors}
    !insertmacro CHOOSE "shared" COMPONENT_SHARED
    !insertmacro CHOOSE "live" COMPONENT_LIVE
  ${EndIf}
FunctionEnd

Section "Uninstall"
  SetShellVarContext current
  ${IfNot} ${FileExists} "$INSTDIR\python312._pth"
    !insertmacro REFUSE "$INSTDIR"
  ${EndIf}
  !insertmacro RUNNING_CHECK
  ; The link's name depends on the language of the installation, so it was kept.
  ReadRegStr $0 HKCU "${APPS}" "StartMenuLink"
  ${If} $0 != ""
    Delete "$0"
  ${EndIf}
  SetOutPath "$TEMP"
  !insertmacro REMOVE_FILES
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${APPS}"
SectionEnd
