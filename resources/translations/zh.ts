<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
    <context>
        <name>quakegui</name>
        <message>
            <source>Latitude</source>
            <translation>纬度</translation>
        </message>
    </context>
</TS>
