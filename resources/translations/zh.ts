<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
    <context>
        <name>quakegui</name>
        <message>
            <source> and {count} more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> — SYNTHETIC</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> — best so far</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source> — stormy night</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>0: no earthquake</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>1: north, larger</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>2: north, smaller</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>3: south, larger</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>4 x 4 grid, then dense layers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>4: south, smaller</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A day is a local calendar day of this time zone; everything is stored in UTC.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A factor on the system's text size</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A few letters of a command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A figure can be written as {formats}, not as '{kind}'.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A folder that holds a project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A named set of choices; each can be changed below</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A stamp marks</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A week back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>A week on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>About quakegui</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Accept the prediction</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Accuracy</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Action</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add a folder…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Add files…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Age</source>
            <translation>龄期</translation>
        </message>
        <message>
            <source>Agreement between analysts…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Alarms</source>
            <translation>预警</translation>
        </message>
        <message>
            <source>All labels are on disk</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>All stations with a value on this day lie on one line, so there is no map. The stations are shown alone.</source>
            <translation>当天有值的台站位于一条直线上，因此无法成图。只显示台站。</translation>
        </message>
        <message>
            <source>All {count} stations</source>
            <translation>全部 {count} 个台站</translation>
        </message>
        <message>
            <source>Also missing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>An alarm is open</source>
            <translation>预警生效中</translation>
        </message>
        <message>
            <source>An animation can be written as .gif, .mp4, or as a folder of PNG files, not as '{kind}'.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Anomaly at the strongest pixel</source>
            <translation>最强像素处的异常</translation>
        </message>
        <message>
            <source>Anomaly, {unit}</source>
            <translation>异常，{unit}</translation>
        </message>
        <message>
            <source>Another job is still running; this one starts when it has ended.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Area beyond the threshold</source>
            <translation>超过阈值的面积</translation>
        </message>
        <message>
            <source>Area in pixels of the map</source>
            <translation>面积（图上像素数）</translation>
        </message>
        <message>
            <source>Area of the extremum regions as bars, the map's strongest |z| as a line</source>
            <translation>柱为极值区域面积，线为图上最大 |z|</translation>
        </message>
        <message>
            <source>Area {area:,.0f} km²</source>
            <translation>面积 {area:,.0f} km²</translation>
        </message>
        <message>
            <source>Area {area:,.0f} km², peak z {peak}</source>
            <translation>面积 {area:,.0f} km²，峰值 z {peak}</translation>
        </message>
        <message>
            <source>Area, peak</source>
            <translation>面积、峰值</translation>
        </message>
        <message>
            <source>As published (LEAKY protocol)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>As the system</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Ask the training to stop; what it finished is kept, and it can go on later</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Begin again after the last day</source>
            <translation>放到最后一天后从头开始</translation>
        </message>
        <message>
            <source>Blocked: contiguous blocks of days, with an embargo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cadence</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel the work that runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Cancel the work that runs; nothing is left half-written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose a folder; everything below it is looked into</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose files of readings, tables, Kp, station lists or archives</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose no days</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Choose the stations whose series are shown</source>
            <translation>选择要显示序列的台站</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Chronological: train on the past, test on the future</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Class weights</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Click a region to see it flash on the map</source>
            <translation>点击一个极值区域，它会在图上闪烁</translation>
        </message>
        <message>
            <source>Close project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Colours</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Column</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Columns of the table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Command to find</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Commands</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Compact (120 pixels)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Components of several stations need one row per station and time, with a station column.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Count</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>D declination</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Daily anomaly maps of a geomagnetic network, labels, and an honest account of what they predict.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Dark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>Data type</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Date</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Day</source>
            <translation>日期</translation>
        </message>
        <message>
            <source>Day after</source>
            <translation>后一天</translation>
        </message>
        <message>
            <source>Day before</source>
            <translation>前一天</translation>
        </message>
        <message>
            <source>Day map</source>
            <translation>日等值线图</translation>
        </message>
        <message>
            <source>Days</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Days in a row that the region has stayed in its place</source>
            <translation>极值区域在原地连续停留的天数</translation>
        </message>
        <message>
            <source>Days in view</source>
            <translation>可见的日期</translation>
        </message>
        <message>
            <source>Days on which an alarm was open</source>
            <translation>预警生效的日子</translation>
        </message>
        <message>
            <source>Days per second</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Days since its track began, moving or not</source>
            <translation>自出现以来的天数，不论是否移动</translation>
        </message>
        <message>
            <source>Depth {depth:g} km</source>
            <translation>深度 {depth:g} km</translation>
        </message>
        <message>
            <source>Dots per inch (PNG)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Drag to walk through the season</source>
            <translation>拖动以逐日浏览</translation>
        </message>
        <message>
            <source>Drop files and folders here, or add them: IAGA-2002, WDC, CDF, csv, xlsx, Kp, station lists, zip and gz.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>E east of magnetic north</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Earthquake catalogue…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Earthquakes of the catalogue, as tall as their magnitude</source>
            <translation>目录中的地震，高度表示震级</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Empty the list; no file is touched</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Epoch, all trainings in turn</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Epochs at most</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Evaluation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Events</source>
            <translation>地震</translation>
        </message>
        <message>
            <source>Every label becomes what it was at this moment (this computer's time). Nothing is erased: undo brings it back.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export a figure</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export a figure…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export an animation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export an animation…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export the season's tables</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Export the season's tables…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extremum regions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Extremum regions of the day</source>
            <translation>当天的极值区域</translation>
        </message>
        <message>
            <source>F computed from components</source>
            <translation>F 由分量计算</translation>
        </message>
        <message>
            <source>F total intensity</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>F − median, nT</source>
            <translation>F − 中位数，nT</translation>
        </message>
        <message>
            <source>F, nT</source>
            <translation>F，nT</translation>
        </message>
        <message>
            <source>File</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Files left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Files that were there already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Files to import</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find a command</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Find a command…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>First (UTC)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>First day</source>
            <translation>第一天</translation>
        </message>
        <message>
            <source>First rows</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder of PNG files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder of the new project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Folder to import</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Format</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Former day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Former day with an extremum region</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Former disagreement of label and prediction</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Former earthquake</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Former stormy night</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Former unlabelled day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Full size (480 pixels)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>G difference of two intensities</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Gathering maps and labels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Give the project a name, or choose a folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Give the whole path of the folder.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Give this class to the chosen days, or to the day shown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go back to the files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go on after a label</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go one day back (Left)</source>
            <translation>后退一天（←）</translation>
        </message>
        <message>
            <source>Go one day on (Right)</source>
            <translation>前进一天（→）</translation>
        </message>
        <message>
            <source>Go to a date</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to a date…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Go to the first day (Home)</source>
            <translation>转到第一天（Home）</translation>
        </message>
        <message>
            <source>Go to the last day (End)</source>
            <translation>转到最后一天（End）</translation>
        </message>
        <message>
            <source>H horizontal</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Head</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Help</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Hidden while you label blind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Hide everybody else's labels, the rule's and the predictions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Holds</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How a time is written; letters as for strptime, such as %Y-%m-%d %H:%M</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How days are divided into training and test</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How final the record is; the more final wins where records overlap</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>How many days are shown in a second</source>
            <translation>每秒显示多少天</translation>
        </message>
        <message>
            <source>Import</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Import more</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Import readings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Import readings…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Import your own data</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Imported</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Imported files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Importing</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keep what these files hold in the project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Keys</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kp</source>
            <translation>Kp</translation>
        </message>
        <message>
            <source>Kp index</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kp of the night: unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kp of the night: {kp:.1f}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Kp unknown</source>
            <translation>Kp 未知</translation>
        </message>
        <message>
            <source>Kp {kp:.1f}</source>
            <translation>Kp {kp:.1f}</translation>
        </message>
        <message>
            <source>Kp {kp:.1f}, stormy night</source>
            <translation>Kp {kp:.1f}，磁暴之夜</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>标注</translation>
        </message>
        <message>
            <source>Label blind</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Label by rule (retrospective)…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Label some days first, or apply the label rule.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Label: {name}</source>
            <translation>标注：{name}</translation>
        </message>
        <message>
            <source>Labelling a day shows the next one</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Language</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Largest Kp of the night; the dotted line is the storm level, hatched is unknown</source>
            <translation>夜间最大 Kp；虚线为磁暴水平，斜线为未知</translation>
        </message>
        <message>
            <source>Last (UTC)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Last day</source>
            <translation>最后一天</translation>
        </message>
        <message>
            <source>Latitude</source>
            <translation>纬度</translation>
        </message>
        <message>
            <source>Left out</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Liangshan 2022</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Liangshan 2022, 25 stations, made by a generator and marked so on every screen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Light</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Local day, UTC{offset}; known at {time}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Log of the training</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Log scale</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Looking into the files</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Loop</source>
            <translation>循环</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>MP4 is offered where the extra 'video' is installed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>MP4 needs the extra 'video' (imageio-ffmpeg), which is not installed; choose GIF or PNG.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Make a project, then choose files of readings: IAGA-2002, WDC, CDF, csv, xlsx</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Meaning of column {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Means</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Measured data</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Measured on this machine, or chosen</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Message</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Moment</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Name</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Narrow and quick</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Network</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>New project…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next day with an extremum region</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next disagreement of label and prediction</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next earthquake</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next stormy night</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Next unlabelled day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Night mean {value:.1f} nT</source>
            <translation>夜间均值 {value:.1f} nT</translation>
        </message>
        <message>
            <source>Night − median, nT</source>
            <translation>夜间 − 中位数，nT</translation>
        </message>
        <message>
            <source>Night, nT</source>
            <translation>夜间，nT</translation>
        </message>
        <message>
            <source>No anomaly: {reason}</source>
            <translation>无异常值：{reason}</translation>
        </message>
        <message>
            <source>No day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No day map yet: import readings of at least three stations with coordinates.</source>
            <translation>还没有日等值线图：请导入至少三个有坐标台站的观测数据。</translation>
        </message>
        <message>
            <source>No earthquake</source>
            <translation>无地震</translation>
        </message>
        <message>
            <source>No extremum region</source>
            <translation>无极值区域</translation>
        </message>
        <message>
            <source>No label yet: press 0 to 4</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No map on this day</source>
            <translation>当天无图</translation>
        </message>
        <message>
            <source>No map on this day, so no extremum regions.</source>
            <translation>当天无图，因此没有极值区域。</translation>
        </message>
        <message>
            <source>No prediction: train a network, or choose a run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>No station has a value on this day; a map needs three stations at different places. The stations are shown alone.</source>
            <translation>当天没有台站有值；成图需要三个位置不同的台站。只显示台站。</translation>
        </message>
        <message>
            <source>No station has coordinates, so none can be shown on a map. Enter them under Stations.</source>
            <translation>没有台站有坐标，无法在地图上显示。请在“台站”中填写坐标。</translation>
        </message>
        <message>
            <source>No.</source>
            <translation>编号</translation>
        </message>
        <message>
            <source>North or south of the map's middle</source>
            <translation>在图中线以北或以南</translation>
        </message>
        <message>
            <source>North, larger</source>
            <translation>北部，较大</translation>
        </message>
        <message>
            <source>North, smaller</source>
            <translation>北部，较小</translation>
        </message>
        <message>
            <source>Note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Note on this day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Numbers that stand for no value, besides all from 88888 on</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only one column can hold the station code.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Only one place has a value on this day; a map needs three stations at different places. The stations are shown alone.</source>
            <translation>当天只有一个位置的台站有值；成图需要三个位置不同的台站。只显示台站。</translation>
        </message>
        <message>
            <source>Only two places have a value on this day; a map needs three stations at different places. The stations are shown alone.</source>
            <translation>当天只有两个位置的台站有值；成图需要三个位置不同的台站。只显示台站。</translation>
        </message>
        <message>
            <source>Open a project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open project…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Open the synthetic season</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Painting the days</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Panel</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Panels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Paper: augment first, split at random (LEAKY)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Path of another Python with Keras, e.g. one with a GPU</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Peak z</source>
            <translation>峰值 z</translation>
        </message>
        <message>
            <source>Pick stations on the map or here.</source>
            <translation>请在图上或此处选择台站。</translation>
        </message>
        <message>
            <source>Pixels</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Play</source>
            <translation>播放</translation>
        </message>
        <message>
            <source>Play or pause</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Play: days per second</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Play: start again at the end</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Point at the map to read value and place.</source>
            <translation>将光标移到图上即可读取数值和位置。</translation>
        </message>
        <message>
            <source>Precision</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Prediction</source>
            <translation>预测</translation>
        </message>
        <message>
            <source>Prediction: {name}, {share:.0%}, {kind}</source>
            <translation>预测：{name}，{share:.0%}，{kind}</translation>
        </message>
        <message>
            <source>Probability: {name}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Progress</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Progress of the training</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Project</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Protocol</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Put all panels back</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Python that trains</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Quit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Rare classes count more in training</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Read only</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Readings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Reason</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Recent projects</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Recipe</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Redo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Region outlines</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remark</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remarks</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Remarks on the chosen file</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Replaces</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Report of the import</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Revert labels to a moment</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Revert labels to a moment…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Review layout</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Runs</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>S total intensity, its own instrument</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>SYNTHETIC</source>
            <translation>合成数据</translation>
        </message>
        <message>
            <source>SYNTHETIC — made by a generator, not measured</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>SYNTHETIC — not measured</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Say what each column means</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Say which column holds the time, or which two hold date and time of day.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Say which columns hold total intensity, or its components.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Season and parameters…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Seed</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Series</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Series of the picked stations</source>
            <translation>所选台站的序列</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Settings…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Share of stations with an anomaly; hatched is missing</source>
            <translation>有异常值的台站比例；斜线为缺测</translation>
        </message>
        <message>
            <source>Sheet</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Sheet of the workbook</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show less, larger</source>
            <translation>放大显示</translation>
        </message>
        <message>
            <source>Show more, smaller</source>
            <translation>缩小显示</translation>
        </message>
        <message>
            <source>Show nT instead of z</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the epicentres</source>
            <translation>显示震中</translation>
        </message>
        <message>
            <source>Show the loss on a logarithmic scale</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Show the network</source>
            <translation>显示台网</translation>
        </message>
        <message>
            <source>Show the network and every epicentre</source>
            <translation>显示台网和全部震中</translation>
        </message>
        <message>
            <source>Show the whole network (double click)</source>
            <translation>显示整个台网（双击）</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>方位</translation>
        </message>
        <message>
            <source>Side of the map that the network sees</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>South, larger</source>
            <translation>南部，较大</translation>
        </message>
        <message>
            <source>South, smaller</source>
            <translation>南部，较小</translation>
        </message>
        <message>
            <source>Speed</source>
            <translation>速度</translation>
        </message>
        <message>
            <source>Start</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Start over</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Station</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Station map</source>
            <translation>台站图</translation>
        </message>
        <message>
            <source>Station nT</source>
            <translation>台站 nT</translation>
        </message>
        <message>
            <source>Stations</source>
            <translation>台站</translation>
        </message>
        <message>
            <source>Stations on the day map</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stations…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop this work</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Stop this work; nothing is left half-written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Strongest pixel of the map</source>
            <translation>图上最强像素</translation>
        </message>
        <message>
            <source>Strongest station inside the region: the map's smoothing lowers its peaks</source>
            <translation>极值区域内最强的台站：图的平滑会压低峰值</translation>
        </message>
        <message>
            <source>Take the label away</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Text size</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The chosen days</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The device is named by the worker before its first batch.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The import was stopped; nothing of it was kept.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The import was stopped; what had been kept before is listed here.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The label in force: colour, pattern and letter of its class</source>
            <translation>生效的标注：以颜色、图案和字母表示类别</translation>
        </message>
        <message>
            <source>The predicted class, as tall as its probability: filled where the run had not seen the day, faint where it had, underlined where issued beforehand</source>
            <translation>预测的类别，高度为其概率：模型未见过的日子为实心，见过的为淡色，事先发布的带下划线</translation>
        </message>
        <message>
            <source>The region's number, the same on every day of its track</source>
            <translation>极值区域的编号，在其整个持续过程中不变</translation>
        </message>
        <message>
            <source>The same seed on the same data gives the same run</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The season is being computed.</source>
            <translation>正在计算观测季。</translation>
        </message>
        <message>
            <source>The tables were written to {path}.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The whole season</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>The zone that the table's clock keeps; stamps with an offset ignore it</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There already</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>There is no time zone of this name.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>This folder is not empty; choose a new one.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Threshold line</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Time is written</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Time zone</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Time zone of the table</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Timeline</source>
            <translation>时间轴</translation>
        </message>
        <message>
            <source>Tool bar</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Train on the labels in force; the window stays free</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Training</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Training stops earlier when the validation loss no longer falls</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Train…</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Two columns say the same of the same station.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Undo</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unit</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Unit of the values</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Value under the cursor</source>
            <translation>光标处的数值</translation>
        </message>
        <message>
            <source>View</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Walk through the days (Space)</source>
            <translation>逐日播放（空格）</translation>
        </message>
        <message>
            <source>What a stamp marks of the interval that its value stands for</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What stands behind the convolutions</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>What you saw on this day (kept with your name)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Whole window</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Workbook (*.xlsx);;Folder of csv files (*.csv)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write a note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the numbers that stand for no value with commas between them.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Write the station code beside each column of values, or say which column holds it.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Written beside every label and note</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>X north</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Y east</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Your name in the label journal</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Z down</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>Zoom in</source>
            <translation>放大</translation>
        </message>
        <message>
            <source>Zoom out</source>
            <translation>缩小</translation>
        </message>
        <message>
            <source>a jump within the night</source>
            <translation>夜间有跳变</translation>
        </message>
        <message>
            <source>a lasting step accepted as the new level</source>
            <translation>持久台阶，已作为新基准</translation>
        </message>
        <message>
            <source>accepted from a prediction</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>and {count} more</source>
            <translation>另有 {count} 个</translation>
        </message>
        <message>
            <source>and {count} more stations</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>as in 2022-02-01 00:15:00 (ISO 8601)</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>as published: flatten, then dense layers</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>as usual for the cadence</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>best</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>by an analyst</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>by rule</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>d</source>
            <translation>天</translation>
        </message>
        <message>
            <source>definitive</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>direction {side}</source>
            <translation>方位 {side}</translation>
        </message>
        <message>
            <source>e.g. -1, 9999.9</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>earthquakes</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>images/s</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>in place {days} d</source>
            <translation>原地 {days} 天</translation>
        </message>
        <message>
            <source>in sample: the run was trained on this day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>in-sample</source>
            <translation>样本内</translation>
        </message>
        <message>
            <source>label taken away</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>leave-one-out error {error:.2f} {unit}, largest at {code}</source>
            <translation>留一误差 {error:.2f} {unit}，{code} 最大</translation>
        </message>
        <message>
            <source>list of stations</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>measured: the fastest</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>milliseconds since 1970</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>no map on this day</source>
            <translation>当天无图</translation>
        </message>
        <message>
            <source>none yet</source>
            <translation>尚无</translation>
        </message>
        <message>
            <source>not used</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>nothing recorded</source>
            <translation>无记录</translation>
        </message>
        <message>
            <source>out of fold: the run had not seen this day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>out-of-fold</source>
            <translation>折外</translation>
        </message>
        <message>
            <source>outside the stations' hull: no value</source>
            <translation>在台站外包线之外：无值</translation>
        </message>
        <message>
            <source>peak z {z}, {nt} nT</source>
            <translation>峰值 z {z}，{nt} nT</translation>
        </message>
        <message>
            <source>prospective</source>
            <translation>前瞻</translation>
        </message>
        <message>
            <source>prospective: issued before it was known</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>provisional</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>quakegui {version}

Daily anomaly maps of a geomagnetic network, labels, and a network trained on them.

No method is known that predicts earthquakes reliably. What this program shows is how good its predictions really were, next to chance and to simpler methods.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>quasi-definitive</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>readings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>region {id}, day {duration} in place</source>
            <translation>极值区域 {id}，原地持续第 {duration} 天</translation>
        </message>
        <message>
            <source>seconds since 1970</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>settled</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>spikes left out</source>
            <translation>已剔除尖峰</translation>
        </message>
        <message>
            <source>station code</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>stormy night</source>
            <translation>磁暴之夜</translation>
        </message>
        <message>
            <source>table of readings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the end of its interval</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the middle of its interval</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the one that runs this window</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>the start of its interval</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>time, or date and time of day</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>too few nights before it for a baseline</source>
            <translation>之前的夜晚太少，无法建立基线</translation>
        </message>
        <message>
            <source>too little of the night recorded</source>
            <translation>夜间记录不足</translation>
        </message>
        <message>
            <source>training</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>unknown</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>validation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>variation</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{count} missing</source>
            <translation>缺测 {count} 个</translation>
        </message>
        <message>
            <source>{count} more are looked into when they are imported.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{device} · {backend} {version} · {precision}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{files} files seen, {out} of them will be left out.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{kind} (run {run})</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{minutes:.0f} min left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{new} files imported, {same} were there already, {out} left out. {days} days are new or changed.</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{parameters} parameters, {phases} trainings</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{path} could not be written: {why}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{path} could not be written; is the folder writable, and the disk not full?</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{phase}, epoch {epoch}</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{present} of {all} stations have an anomaly</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{present} of {count} stations</source>
            <translation>{count} 个台站中 {present} 个有值</translation>
        </message>
        <message>
            <source>{seconds:.0f} s left</source>
            <translation type="unfinished" />
        </message>
        <message>
            <source>{speed:g} days/s</source>
            <translation>{speed:g} 天/秒</translation>
        </message>
        <message>
            <source>{zone}, {offset}; a day begins at 00:00, its night is {start}–{end}</source>
            <translation>{zone}，{offset}；一天从 00:00 开始，夜间为 {start}–{end}</translation>
        </message>
    </context>
</TS>
