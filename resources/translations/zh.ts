<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en_US">
    <context>
        <name>quakegui</name>
        <message>
            <source> On {count} of them another label stays in force, because it counts more.</source>
            <translation>其中 {count} 天仍以优先级更高的另一标注为准。</translation>
        </message>
        <message>
            <source> The season is being computed anew.</source>
            <translation>正在重新计算观测季。</translation>
        </message>
        <message>
            <source> and {count} more</source>
            <translation> 等另外 {count} 个</translation>
        </message>
        <message>
            <source> — SYNTHETIC</source>
            <translation> — 合成数据</translation>
        </message>
        <message>
            <source> — best so far</source>
            <translation> — 目前最佳</translation>
        </message>
        <message>
            <source> — stormy night</source>
            <translation> — 磁暴夜</translation>
        </message>
        <message>
            <source>, </source>
            <translation>、</translation>
        </message>
        <message>
            <source>0 draws every station's value in full</source>
            <translation>0 表示完整绘出每个台站的值</translation>
        </message>
        <message>
            <source>0: no earthquake</source>
            <translation>0：无地震</translation>
        </message>
        <message>
            <source>1: north, larger</source>
            <translation>1：北，较大</translation>
        </message>
        <message>
            <source>2: north, smaller</source>
            <translation>2：北，较小</translation>
        </message>
        <message>
            <source>3: south, larger</source>
            <translation>3：南，较大</translation>
        </message>
        <message>
            <source>4 x 4 grid, then dense layers</source>
            <translation>4 × 4 网格，然后全连接层</translation>
        </message>
        <message>
            <source>4: south, smaller</source>
            <translation>4：南，较小</translation>
        </message>
        <message>
            <source>A day is a local calendar day of this time zone; everything is stored in UTC.</source>
            <translation>一天指此时区的一个日历日；所有数据以 UTC 保存。</translation>
        </message>
        <message>
            <source>A day that two claim goes to</source>
            <translation>两次地震都涉及的日子归于</translation>
        </message>
        <message>
            <source>A factor on the system's text size</source>
            <translation>相对系统文字大小的倍数</translation>
        </message>
        <message>
            <source>A few letters of a command</source>
            <translation>命令名中的几个字</translation>
        </message>
        <message>
            <source>A figure can be written as {formats}, not as '{kind}'.</source>
            <translation>图可写为 {formats}，不能写为“{kind}”。</translation>
        </message>
        <message>
            <source>A folder that holds a project</source>
            <translation>含有项目的文件夹</translation>
        </message>
        <message>
            <source>A named set of choices; each can be changed below</source>
            <translation>一组命名的选项；下面可逐项修改</translation>
        </message>
        <message>
            <source>A night is compared by</source>
            <translation>夜间值的比较方法</translation>
        </message>
        <message>
            <source>A pixel beyond it belongs to a region</source>
            <translation>超过它的像素属于区域</translation>
        </message>
        <message>
            <source>A stamp marks</source>
            <translation>时间戳表示</translation>
        </message>
        <message>
            <source>A station needs a code of 1 to 32 characters.</source>
            <translation>台站需要 1 到 32 个字符的代码。</translation>
        </message>
        <message>
            <source>A step of another program</source>
            <translation>另一个程序的操作</translation>
        </message>
        <message>
            <source>A training is running. Stop it and close the project? What it has finished is kept, and it can be resumed.</source>
            <translation>正在训练。要停止训练并关闭项目吗？已完成的部分会保留，以后可继续训练。</translation>
        </message>
        <message>
            <source>A week back</source>
            <translation>后退一周</translation>
        </message>
        <message>
            <source>A week on</source>
            <translation>前进一周</translation>
        </message>
        <message>
            <source>About quakegui</source>
            <translation>关于 quakegui</translation>
        </message>
        <message>
            <source>About {minutes:.0f} min, by the latest run of this kind</source>
            <translation>约 {minutes:.0f} 分钟（按最近一次同类训练）</translation>
        </message>
        <message>
            <source>Accept the prediction</source>
            <translation>接受预测</translation>
        </message>
        <message>
            <source>Accuracy</source>
            <translation>准确率</translation>
        </message>
        <message>
            <source>Action</source>
            <translation>操作</translation>
        </message>
        <message>
            <source>Add a folder…</source>
            <translation>添加文件夹…</translation>
        </message>
        <message>
            <source>Add a station</source>
            <translation>添加台站</translation>
        </message>
        <message>
            <source>Add an empty row</source>
            <translation>添加一个空行</translation>
        </message>
        <message>
            <source>Add files…</source>
            <translation>添加文件…</translation>
        </message>
        <message>
            <source>Add to the project's earthquakes</source>
            <translation>加入项目已有的地震</translation>
        </message>
        <message>
            <source>Aftershocks</source>
            <translation>余震</translation>
        </message>
        <message>
            <source>Age</source>
            <translation>龄期</translation>
        </message>
        <message>
            <source>Agreement between analysts who saw each other's labels says nothing</source>
            <translation>分析员看过彼此的标注时，一致性没有意义</translation>
        </message>
        <message>
            <source>Agreement between analysts…</source>
            <translation>分析员之间的一致性…</translation>
        </message>
        <message>
            <source>Agreement needs labels by two analysts; so far there are {count}.</source>
            <translation>一致性需要两位分析员的标注；目前有 {count} 位。</translation>
        </message>
        <message>
            <source>Agreement of analysts</source>
            <translation>分析员的一致性</translation>
        </message>
        <message>
            <source>Alarm open</source>
            <translation>警报中</translation>
        </message>
        <message>
            <source>Alarm since {date} ({day})</source>
            <translation>警报自 {date} 起（{day}）</translation>
        </message>
        <message>
            <source>Alarms</source>
            <translation>警报</translation>
        </message>
        <message>
            <source>All days</source>
            <translation>所有日期</translation>
        </message>
        <message>
            <source>All figures here and in the report come from one set of labels and earthquakes; this takes the other set</source>
            <translation>这里和报告中的所有数值都出自同一组标注和地震；按此改用另一组</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>所有文件</translation>
        </message>
        <message>
            <source>All labels are on disk</source>
            <translation>所有标注已存盘</translation>
        </message>
        <message>
            <source>All of the file</source>
            <translation>文件中的全部</translation>
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
            <translation>另视为缺测</translation>
        </message>
        <message>
            <source>An alarm is open</source>
            <translation>警报生效中</translation>
        </message>
        <message>
            <source>An alarm opened at {time}: {name}.</source>
            <translation>警报于 {time} 开始：{name}。</translation>
        </message>
        <message>
            <source>An animation can be written as .gif, .mp4, or as a folder of PNG files, not as '{kind}'.</source>
            <translation>动画可写为 .gif、.mp4 或 PNG 文件夹，不能写为“{kind}”。</translation>
        </message>
        <message>
            <source>An earthquake goes when an earlier one at least as large lies that near</source>
            <translation>附近有更早且不小于它的地震时，将其去除</translation>
        </message>
        <message>
            <source>Anomalies</source>
            <translation>异常</translation>
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
            <translation>另一项工作仍在进行；结束后即开始本项。</translation>
        </message>
        <message>
            <source>Another program has written a note on this day in your name; yours was added to it.</source>
            <translation>另一个程序以您的名字写了当天的备注；您的备注已附在其后。</translation>
        </message>
        <message>
            <source>Answers of networks that had not seen these days in training; judged</source>
            <translation>由训练中未见过这些日子的网络给出的结果；参与评判</translation>
        </message>
        <message>
            <source>Apply</source>
            <translation>应用</translation>
        </message>
        <message>
            <source>Apply the pre-trained model</source>
            <translation>应用预训练模型</translation>
        </message>
        <message>
            <source>Applying the label rule</source>
            <translation>正在应用标注规则</translation>
        </message>
        <message>
            <source>Applying the pre-trained model</source>
            <translation>正在应用预训练模型</translation>
        </message>
        <message>
            <source>Area</source>
            <translation>范围</translation>
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
            <source>Arrow keys choose, Enter runs the command</source>
            <translation>方向键选择，回车执行命令</translation>
        </message>
        <message>
            <source>As published (LEAKY protocol)</source>
            <translation>按论文所述（有泄漏的方案）</translation>
        </message>
        <message>
            <source>As the system</source>
            <translation>跟随系统</translation>
        </message>
        <message>
            <source>Ask the training to stop; what it finished is kept, and it can go on later</source>
            <translation>请求停止训练；已完成的部分会保留，以后可继续</translation>
        </message>
        <message>
            <source>Asking Windows for its distributions</source>
            <translation>正在向 Windows 询问发行版</translation>
        </message>
        <message>
            <source>Asking the network what it looked at</source>
            <translation>正在询问网络关注了哪里</translation>
        </message>
        <message>
            <source>Asking the worker for its device</source>
            <translation>正在向训练进程询问设备</translation>
        </message>
        <message>
            <source>Asks</source>
            <translation>应占</translation>
        </message>
        <message>
            <source>Author</source>
            <translation>作者</translation>
        </message>
        <message>
            <source>Backend</source>
            <translation>后端</translation>
        </message>
        <message>
            <source>Baseline (days)</source>
            <translation>基线（天）</translation>
        </message>
        <message>
            <source>Before that no anomaly and no prediction is made of a night</source>
            <translation>在此之前不计算该夜的异常，也不作预测</translation>
        </message>
        <message>
            <source>Begin again after the last day</source>
            <translation>放到最后一天后从头开始</translation>
        </message>
        <message>
            <source>Below: {second} less {first}</source>
            <translation>下图：{second} 减 {first}</translation>
        </message>
        <message>
            <source>Beyond the stations the map is extrapolated</source>
            <translation>台站范围之外的图是外推的</translation>
        </message>
        <message>
            <source>Blocked</source>
            <translation>分块</translation>
        </message>
        <message>
            <source>Blocked: contiguous blocks of days, with an embargo</source>
            <translation>分块：连续日块，留有隔离期</translation>
        </message>
        <message>
            <source>By</source>
            <translation>操作人</translation>
        </message>
        <message>
            <source>By date, a week in a row</source>
            <translation>按日期，每行一周</translation>
        </message>
        <message>
            <source>CENC, USGS or other csv, a workbook, GeoJSON or QuakeML, packed too</source>
            <translation>CENC、USGS 或其他 csv、工作簿、GeoJSON 或 QuakeML，也可以是压缩文件</translation>
        </message>
        <message>
            <source>Cadence</source>
            <translation>采样间隔</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Cancel the work that runs</source>
            <translation>取消正在进行的工作</translation>
        </message>
        <message>
            <source>Cancel the work that runs; nothing is left half-written</source>
            <translation>取消正在进行的工作；不会留下写了一半的内容</translation>
        </message>
        <message>
            <source>Catalogue</source>
            <translation>目录</translation>
        </message>
        <message>
            <source>Catalogue of earthquakes</source>
            <translation>地震目录</translation>
        </message>
        <message>
            <source>Catalogues</source>
            <translation>地震目录</translation>
        </message>
        <message>
            <source>Change from day to day</source>
            <translation>逐日变化</translation>
        </message>
        <message>
            <source>Choose</source>
            <translation>选择</translation>
        </message>
        <message>
            <source>Choose a file</source>
            <translation>选择文件</translation>
        </message>
        <message>
            <source>Choose a file…</source>
            <translation>选择文件…</translation>
        </message>
        <message>
            <source>Choose a folder; everything below it is looked into</source>
            <translation>选择文件夹；其下所有内容都会查看</translation>
        </message>
        <message>
            <source>Choose a local date of the season</source>
            <translation>选择时段内的一个本地日期</translation>
        </message>
        <message>
            <source>Choose an entry to go back to: every label becomes what it was then. Nothing is erased.</source>
            <translation>选择要恢复到的记录：所有标注恢复为当时的状态，不会删除任何内容。</translation>
        </message>
        <message>
            <source>Choose files of readings, tables, Kp, station lists or archives</source>
            <translation>选择读数、表格、Kp、台站列表或压缩文件</translation>
        </message>
        <message>
            <source>Choose no days</source>
            <translation>取消所选日期</translation>
        </message>
        <message>
            <source>Choose the folder on the disk</source>
            <translation>在磁盘上选择文件夹</translation>
        </message>
        <message>
            <source>Choose the program on the disk</source>
            <translation>在磁盘上选择程序</translation>
        </message>
        <message>
            <source>Choose the stations whose series are shown</source>
            <translation>选择要显示序列的台站</translation>
        </message>
        <message>
            <source>Choose two different analysts.</source>
            <translation>请选择两位不同的分析员。</translation>
        </message>
        <message>
            <source>Choose which days the keys, the play button and the label keys walk through</source>
            <translation>选择方向键、播放按钮和标注后前进所经过的日期</translation>
        </message>
        <message>
            <source>Choose…</source>
            <translation>选择…</translation>
        </message>
        <message>
            <source>Choosing the earthquakes</source>
            <translation>正在选取地震</translation>
        </message>
        <message>
            <source>Chronological</source>
            <translation>按时间</translation>
        </message>
        <message>
            <source>Chronological: train on the past, test on the future</source>
            <translation>按时间：用过去训练，用未来检验</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Class weights</source>
            <translation>类别权重</translation>
        </message>
        <message>
            <source>Classes</source>
            <translation>类别</translation>
        </message>
        <message>
            <source>Classes 1 to 4: {counts} earthquakes</source>
            <translation>类别 1 至 4：{counts} 次地震</translation>
        </message>
        <message>
            <source>Click a cell of the matrix to see its days here.</source>
            <translation>点击矩阵的单元格，在此查看其中各日。</translation>
        </message>
        <message>
            <source>Click a region to see it flash on the map</source>
            <translation>点击一个极值区域，它会在图上闪烁</translation>
        </message>
        <message>
            <source>Close</source>
            <translation>关闭</translation>
        </message>
        <message>
            <source>Close and leave everything as it was</source>
            <translation>关闭，一切保持原样</translation>
        </message>
        <message>
            <source>Close project</source>
            <translation>关闭项目</translation>
        </message>
        <message>
            <source>Close the project</source>
            <translation>关闭项目</translation>
        </message>
        <message>
            <source>Close this window (Esc)</source>
            <translation>关闭此窗口（Esc）</translation>
        </message>
        <message>
            <source>Closed</source>
            <translation>结束</translation>
        </message>
        <message>
            <source>Code</source>
            <translation>代码</translation>
        </message>
        <message>
            <source>Code of the station, where the file does not name it</source>
            <translation>台站代码（文件没有写明时）</translation>
        </message>
        <message>
            <source>Cohen's kappa {kappa:.2f}: {word} agreement beyond chance.</source>
            <translation>Cohen kappa {kappa:.2f}：超出偶然的一致性{word}。</translation>
        </message>
        <message>
            <source>Colours</source>
            <translation>颜色</translation>
        </message>
        <message>
            <source>Column</source>
            <translation>列</translation>
        </message>
        <message>
            <source>Columns of the table</source>
            <translation>表格的列</translation>
        </message>
        <message>
            <source>Command to find</source>
            <translation>要查找的命令</translation>
        </message>
        <message>
            <source>Commands</source>
            <translation>命令</translation>
        </message>
        <message>
            <source>Compact (120 pixels)</source>
            <translation>紧凑（120 像素）</translation>
        </message>
        <message>
            <source>Components of several stations need one row per station and time, with a station column.</source>
            <translation>多个台站的分量需每个台站每个时刻一行，并有台站列。</translation>
        </message>
        <message>
            <source>Compute Earthquake by earthquake, Superposed epochs, Robustness and Skill maps, and keep them with the run</source>
            <translation>计算“逐次地震”“时序叠加”“稳健性”和“预测效能图”，并随训练记录保存</translation>
        </message>
        <message>
            <source>Computing the season</source>
            <translation>正在计算时段</translation>
        </message>
        <message>
            <source>Confusion matrix</source>
            <translation>混淆矩阵</translation>
        </message>
        <message>
            <source>Contact sheet</source>
            <translation>缩略图总览</translation>
        </message>
        <message>
            <source>Content</source>
            <translation>内容</translation>
        </message>
        <message>
            <source>Contour lines</source>
            <translation>等值线</translation>
        </message>
        <message>
            <source>Copy as Python</source>
            <translation>复制为 Python</translation>
        </message>
        <message>
            <source>Copy as command</source>
            <translation>复制为命令</translation>
        </message>
        <message>
            <source>Copy report for support</source>
            <translation>复制技术支持报告</translation>
        </message>
        <message>
            <source>Count</source>
            <translation>数量</translation>
        </message>
        <message>
            <source>D declination</source>
            <translation>D 磁偏角</translation>
        </message>
        <message>
            <source>Daily anomaly maps of a geomagnetic network, labels, and an honest account of what they predict.</source>
            <translation>地磁台网的逐日异常图、标注，以及对其预测能力的如实说明。</translation>
        </message>
        <message>
            <source>Dark</source>
            <translation>深色</translation>
        </message>
        <message>
            <source>Data</source>
            <translation>数据</translation>
        </message>
        <message>
            <source>Data type</source>
            <translation>数据类型</translation>
        </message>
        <message>
            <source>Date</source>
            <translation>日期</translation>
        </message>
        <message>
            <source>Date of a log that has only times of day, or one of its dates</source>
            <translation>只有时刻的记录的日期，或其中的一个日期</translation>
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
            <translation>逐日</translation>
        </message>
        <message>
            <source>Days after</source>
            <translation>震后天数</translation>
        </message>
        <message>
            <source>Days after the earthquake's own day, which always counts</source>
            <translation>地震当天之后的天数，当天总是计入</translation>
        </message>
        <message>
            <source>Days before</source>
            <translation>震前天数</translation>
        </message>
        <message>
            <source>Days before = scale × 10^(exponent × M), rounded</source>
            <translation>震前天数 = 系数 × 10^(指数 × M)，取整</translation>
        </message>
        <message>
            <source>Days before any</source>
            <translation>任意地震的震前天数</translation>
        </message>
        <message>
            <source>Days before any earthquake, whatever its magnitude</source>
            <translation>任意地震之前的天数，与震级无关</translation>
        </message>
        <message>
            <source>Days before the first one warm up the baselines. A day is a calendar day of the zone; readings are in UTC.</source>
            <translation>第一天之前的日子用于基线预热。一天是该时区的一个日历日；读数为 UTC。</translation>
        </message>
        <message>
            <source>Days before, whose maps give the normal</source>
            <translation>此前若干天，其图给出正常水平</translation>
        </message>
        <message>
            <source>Days by the two analysts' classes</source>
            <translation>按两位分析员的类别统计的天数</translation>
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
            <source>Days of class {cls}</source>
            <translation>类别 {cls} 的天数</translation>
        </message>
        <message>
            <source>Days on which an alarm was open</source>
            <translation>警报生效的日子</translation>
        </message>
        <message>
            <source>Days on which they differ</source>
            <translation>两者不同的日子</translation>
        </message>
        <message>
            <source>Days per second</source>
            <translation>每秒天数</translation>
        </message>
        <message>
            <source>Days since its track began, moving or not</source>
            <translation>自出现以来的天数，不论是否移动</translation>
        </message>
        <message>
            <source>Days that would get another label: {count}</source>
            <translation>标注将改变的天数：{count}</translation>
        </message>
        <message>
            <source>Days to walk through</source>
            <translation>逐日浏览的范围</translation>
        </message>
        <message>
            <source>Days to walk through, speed and loop</source>
            <translation>浏览哪些日子、速度与循环</translation>
        </message>
        <message>
            <source>Default</source>
            <translation>默认</translation>
        </message>
        <message>
            <source>Defaults</source>
            <translation>默认值</translation>
        </message>
        <message>
            <source>Delete {count} runs for good? What they predicted stays in the ledger.</source>
            <translation>永久删除 {count} 个运行？它们的预测仍保留在账本中。</translation>
        </message>
        <message>
            <source>Depth (km)</source>
            <translation>深度（km）</translation>
        </message>
        <message>
            <source>Depth {depth:g} km</source>
            <translation>深度 {depth:g} km</translation>
        </message>
        <message>
            <source>Detection limit</source>
            <translation>检出限</translation>
        </message>
        <message>
            <source>Direction</source>
            <translation>方向</translation>
        </message>
        <message>
            <source>Disagreements</source>
            <translation>标注与预测不符</translation>
        </message>
        <message>
            <source>Distance (km)</source>
            <translation>距离（km）</translation>
        </message>
        <message>
            <source>Distribution</source>
            <translation>发行版</translation>
        </message>
        <message>
            <source>Do this step again</source>
            <translation>重做这一步</translation>
        </message>
        <message>
            <source>Dots per inch (PNG)</source>
            <translation>每英寸点数（PNG）</translation>
        </message>
        <message>
            <source>Double click or press F2 to change a cell</source>
            <translation>双击或按 F2 修改单元格</translation>
        </message>
        <message>
            <source>Drag to walk through the season</source>
            <translation>拖动以逐日浏览</translation>
        </message>
        <message>
            <source>Drop aftershocks</source>
            <translation>去除余震</translation>
        </message>
        <message>
            <source>Drop files and folders here, or add them: IAGA-2002, WDC, CDF, csv, xlsx, logs, Kp, station lists, archives.</source>
            <translation>把文件和文件夹拖到这里，或添加它们：IAGA-2002、WDC、CDF、csv、xlsx、仪器记录、Kp、台站列表、压缩包。</translation>
        </message>
        <message>
            <source>E east of magnetic north</source>
            <translation>E 磁北以东</translation>
        </message>
        <message>
            <source>Each is a group of 42 simulated seasons; ten take about five minutes of processor time</source>
            <translation>每一轮为 42 个模拟时段；十轮约需五分钟处理器时间</translation>
        </message>
        <message>
            <source>Earthquake by earthquake</source>
            <translation>逐次地震</translation>
        </message>
        <message>
            <source>Earthquake catalogue</source>
            <translation>地震目录</translation>
        </message>
        <message>
            <source>Earthquake catalogue…</source>
            <translation>地震目录…</translation>
        </message>
        <message>
            <source>Earthquakes</source>
            <translation>有地震</translation>
        </message>
        <message>
            <source>Earthquakes and their days</source>
            <translation>地震及其日子</translation>
        </message>
        <message>
            <source>Earthquakes are hidden while you label blind</source>
            <translation>盲标注时隐藏地震</translation>
        </message>
        <message>
            <source>Earthquakes of the catalogue, as tall as their magnitude</source>
            <translation>目录中的地震，高度表示震级</translation>
        </message>
        <message>
            <source>Earthquakes, kept and dropped</source>
            <translation>保留和去除的地震</translation>
        </message>
        <message>
            <source>East (°)</source>
            <translation>东（°）</translation>
        </message>
        <message>
            <source>Edges are included</source>
            <translation>含边界</translation>
        </message>
        <message>
            <source>Edit</source>
            <translation>编辑</translation>
        </message>
        <message>
            <source>Elevation (m)</source>
            <translation>高程（m）</translation>
        </message>
        <message>
            <source>Empty the list; no file is touched</source>
            <translation>清空列表；不改动任何文件</translation>
        </message>
        <message>
            <source>Empty the trash…</source>
            <translation>清空回收站…</translation>
        </message>
        <message>
            <source>End blind labelling and show</source>
            <translation>结束盲标注并显示</translation>
        </message>
        <message>
            <source>Enter goes on to the next place</source>
            <translation>按 Enter 到下一处</translation>
        </message>
        <message>
            <source>Epoch, all trainings in turn</source>
            <translation>轮次，各次训练依次</translation>
        </message>
        <message>
            <source>Epochs</source>
            <translation>轮次</translation>
        </message>
        <message>
            <source>Epochs at most</source>
            <translation>最多轮次</translation>
        </message>
        <message>
            <source>Evaluation</source>
            <translation>评估</translation>
        </message>
        <message>
            <source>Event against none</source>
            <translation>有震对无震</translation>
        </message>
        <message>
            <source>Events</source>
            <translation>地震</translation>
        </message>
        <message>
            <source>Every map changes with this: runs trained so far have seen other maps.</source>
            <translation>这会改变每张图：此前训练的运行所见的是另外的图。</translation>
        </message>
        <message>
            <source>Every parameter but the season's window becomes its default</source>
            <translation>除时段外，所有参数恢复默认值</translation>
        </message>
        <message>
            <source>Every station has coordinates.</source>
            <translation>每个台站都有坐标。</translation>
        </message>
        <message>
            <source>Exponent</source>
            <translation>指数</translation>
        </message>
        <message>
            <source>Export a figure</source>
            <translation>导出图</translation>
        </message>
        <message>
            <source>Export a figure…</source>
            <translation>导出图…</translation>
        </message>
        <message>
            <source>Export a run</source>
            <translation>导出运行</translation>
        </message>
        <message>
            <source>Export an animation</source>
            <translation>导出动画</translation>
        </message>
        <message>
            <source>Export an animation…</source>
            <translation>导出动画…</translation>
        </message>
        <message>
            <source>Export the season's tables</source>
            <translation>导出时段的表格</translation>
        </message>
        <message>
            <source>Export the season's tables…</source>
            <translation>导出时段的表格…</translation>
        </message>
        <message>
            <source>Exporting the run</source>
            <translation>正在导出运行</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>导出…</translation>
        </message>
        <message>
            <source>Extend to the square</source>
            <translation>扩展到整个方框</translation>
        </message>
        <message>
            <source>Extremum regions</source>
            <translation>极值区域</translation>
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
            <translation>F 总强度</translation>
        </message>
        <message>
            <source>F1</source>
            <translation>F1</translation>
        </message>
        <message>
            <source>File</source>
            <translation>文件</translation>
        </message>
        <message>
            <source>Files left out</source>
            <translation>未导入的文件</translation>
        </message>
        <message>
            <source>Files that were there already</source>
            <translation>已经存在的文件</translation>
        </message>
        <message>
            <source>Files to import</source>
            <translation>要导入的文件</translation>
        </message>
        <message>
            <source>Filled levels of the scale, an even number</source>
            <translation>色标的填色级数，须为偶数</translation>
        </message>
        <message>
            <source>Filled: kept; hollow: aftershock; cross: centre of a direction; triangle: station</source>
            <translation>实心：保留；空心：余震；十字：方向中心；三角：台站</translation>
        </message>
        <message>
            <source>Find a command</source>
            <translation>查找命令</translation>
        </message>
        <message>
            <source>Find a command…</source>
            <translation>查找命令…</translation>
        </message>
        <message>
            <source>Find the detection limit</source>
            <translation>求检出限</translation>
        </message>
        <message>
            <source>Finding the detection limit</source>
            <translation>正在求检出限</translation>
        </message>
        <message>
            <source>Finding the detection limit…</source>
            <translation>正在求检出限…</translation>
        </message>
        <message>
            <source>Finding the events' directions</source>
            <translation>正在确定地震的方向</translation>
        </message>
        <message>
            <source>First (UTC)</source>
            <translation>首个（UTC）</translation>
        </message>
        <message>
            <source>First analyst</source>
            <translation>第一位分析员</translation>
        </message>
        <message>
            <source>First analyst (rows)</source>
            <translation>第一位分析员（行）</translation>
        </message>
        <message>
            <source>First day</source>
            <translation>第一天</translation>
        </message>
        <message>
            <source>First rows</source>
            <translation>前几行</translation>
        </message>
        <message>
            <source>First says</source>
            <translation>第一位认为</translation>
        </message>
        <message>
            <source>Five classes</source>
            <translation>五类</translation>
        </message>
        <message>
            <source>Flat fortnight</source>
            <translation>固定十四天</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>文件夹</translation>
        </message>
        <message>
            <source>Folder of PNG files</source>
            <translation>PNG 文件夹</translation>
        </message>
        <message>
            <source>Folder of the new project</source>
            <translation>新项目的文件夹</translation>
        </message>
        <message>
            <source>Folder to import</source>
            <translation>要导入的文件夹</translation>
        </message>
        <message>
            <source>For the difference from a reference station</source>
            <translation>用于与参考台站之差</translation>
        </message>
        <message>
            <source>Form of the files' names, with {code} where the station's code stands and * for anything</source>
            <translation>文件名的形式：{code} 处为台站代码，* 代表任意字符</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>格式</translation>
        </message>
        <message>
            <source>Former</source>
            <translation>上一处</translation>
        </message>
        <message>
            <source>Former day</source>
            <translation>前一天</translation>
        </message>
        <message>
            <source>Former day with an extremum region</source>
            <translation>上一个有极值区域的日子</translation>
        </message>
        <message>
            <source>Former disagreement of label and prediction</source>
            <translation>上一个标注与预测不一致的日子</translation>
        </message>
        <message>
            <source>Former earthquake</source>
            <translation>上一次地震</translation>
        </message>
        <message>
            <source>Former stormy night</source>
            <translation>上一个磁暴夜</translation>
        </message>
        <message>
            <source>Former unlabelled day</source>
            <translation>上一个未标注的日子</translation>
        </message>
        <message>
            <source>Fourteen days that end on the day of the earthquake, the larger one first</source>
            <translation>止于地震当天的十四天，较大地震优先</translation>
        </message>
        <message>
            <source>From day</source>
            <translation>起始日</translation>
        </message>
        <message>
            <source>Full size (480 pixels)</source>
            <translation>全尺寸（480 像素）</translation>
        </message>
        <message>
            <source>G difference of two intensities</source>
            <translation>G 两个强度之差</translation>
        </message>
        <message>
            <source>Gathering maps and labels</source>
            <translation>正在收集图和标注</translation>
        </message>
        <message>
            <source>Gets</source>
            <translation>实占</translation>
        </message>
        <message>
            <source>Give the project a name, or choose a folder.</source>
            <translation>请为项目命名，或选择文件夹。</translation>
        </message>
        <message>
            <source>Give the run another name</source>
            <translation>给运行另取名称</translation>
        </message>
        <message>
            <source>Give the whole path of the folder.</source>
            <translation>请给出文件夹的完整路径。</translation>
        </message>
        <message>
            <source>Give this class to the chosen days, or to the day shown</source>
            <translation>把此类别赋予所选日子或当前日</translation>
        </message>
        <message>
            <source>Go back</source>
            <translation>返回</translation>
        </message>
        <message>
            <source>Go back to the day that the latest jump left</source>
            <translation>返回最近一次跳转之前的日期</translation>
        </message>
        <message>
            <source>Go back to the files</source>
            <translation>返回文件列表</translation>
        </message>
        <message>
            <source>Go back to this entry</source>
            <translation>恢复到此记录</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>继续</translation>
        </message>
        <message>
            <source>Go on after a label</source>
            <translation>标注后前进</translation>
        </message>
        <message>
            <source>Go on with what is chosen here</source>
            <translation>按所选内容继续</translation>
        </message>
        <message>
            <source>Go on with what was asked for; it can be undone</source>
            <translation>继续所要求的操作；之后可以撤销</translation>
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
            <translation>转到日期</translation>
        </message>
        <message>
            <source>Go to a date…</source>
            <translation>转到日期…</translation>
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
            <source>Grace after the night (min)</source>
            <translation>夜间结束后的等待（分钟）</translation>
        </message>
        <message>
            <source>H horizontal</source>
            <translation>H 水平分量</translation>
        </message>
        <message>
            <source>Half of the earthquakes are larger</source>
            <translation>一半的地震比它大</translation>
        </message>
        <message>
            <source>Head</source>
            <translation>网络头部</translation>
        </message>
        <message>
            <source>Held back beyond (z)</source>
            <translation>超过即暂扣（z）</translation>
        </message>
        <message>
            <source>Held back for (days)</source>
            <translation>暂扣天数</translation>
        </message>
        <message>
            <source>Help</source>
            <translation>帮助</translation>
        </message>
        <message>
            <source>Hidden while you label blind</source>
            <translation>盲标注时隐藏</translation>
        </message>
        <message>
            <source>Hide everybody else's labels, the rule's and the predictions</source>
            <translation>隐藏他人的标注、规则的标注和预测</translation>
        </message>
        <message>
            <source>Hide this message</source>
            <translation>隐藏此消息</translation>
        </message>
        <message>
            <source>Holds</source>
            <translation>内容</translation>
        </message>
        <message>
            <source>How a time is written; letters as for strptime, such as %Y-%m-%d %H:%M</source>
            <translation>时间的写法；字母同 strptime，如 %Y-%m-%d %H:%M</translation>
        </message>
        <message>
            <source>How days are divided into training and test</source>
            <translation>如何把日子分为训练和检验</translation>
        </message>
        <message>
            <source>How final the record is; the more final wins where records overlap</source>
            <translation>记录的最终程度；重叠时取更最终的</translation>
        </message>
        <message>
            <source>How good the predictions are</source>
            <translation>预测效果如何</translation>
        </message>
        <message>
            <source>How long it takes is told after the first epoch.</source>
            <translation>第一轮之后给出所需时间。</translation>
        </message>
        <message>
            <source>How many days are shown in a second</source>
            <translation>每秒显示多少天</translation>
        </message>
        <message>
            <source>How many days before an earthquake carry its class</source>
            <translation>地震前多少天带有其类别</translation>
        </message>
        <message>
            <source>Import</source>
            <translation>导入</translation>
        </message>
        <message>
            <source>Import a list…</source>
            <translation>导入列表…</translation>
        </message>
        <message>
            <source>Import a run</source>
            <translation>导入运行</translation>
        </message>
        <message>
            <source>Import more</source>
            <translation>继续导入</translation>
        </message>
        <message>
            <source>Import new files, predict the new days with the run in use, tell of alarms</source>
            <translation>导入新文件，用当前运行预测新的日期，并提示警报</translation>
        </message>
        <message>
            <source>Import readings</source>
            <translation>导入读数</translation>
        </message>
        <message>
            <source>Import readings…</source>
            <translation>导入读数…</translation>
        </message>
        <message>
            <source>Import your own data</source>
            <translation>导入您自己的数据</translation>
        </message>
        <message>
            <source>Import {number} counts again.</source>
            <translation>第 {number} 次导入重新有效。</translation>
        </message>
        <message>
            <source>Import {number} is undone.</source>
            <translation>第 {number} 次导入已撤销。</translation>
        </message>
        <message>
            <source>Imported</source>
            <translation>已导入</translation>
        </message>
        <message>
            <source>Imported files</source>
            <translation>已导入的文件</translation>
        </message>
        <message>
            <source>Importing</source>
            <translation>正在导入</translation>
        </message>
        <message>
            <source>Importing the run</source>
            <translation>正在导入运行</translation>
        </message>
        <message>
            <source>Imports</source>
            <translation>导入记录</translation>
        </message>
        <message>
            <source>Imports…</source>
            <translation>导入记录…</translation>
        </message>
        <message>
            <source>Import…</source>
            <translation>导入…</translation>
        </message>
        <message>
            <source>In all</source>
            <translation>总计</translation>
        </message>
        <message>
            <source>In sample: {count} days, never judged</source>
            <translation>样本内：{count} 天，从不参与评判</translation>
        </message>
        <message>
            <source>In {days} d: {earthquake}</source>
            <translation>{days} 天后：{earthquake}</translation>
        </message>
        <message>
            <source>Included</source>
            <translation>含此值</translation>
        </message>
        <message>
            <source>Included; off: as far as there are readings</source>
            <translation>含此日；不选：以有读数为限</translation>
        </message>
        <message>
            <source>Issued day by day by the frozen run, before anything after the day was known; judged by the ledger alone</source>
            <translation>由冻结的运行逐日发布，当时尚不知道该日之后的任何情况；只按账本评判</translation>
        </message>
        <message>
            <source>It has happened {count} times.</source>
            <translation>已发生 {count} 次。</translation>
        </message>
        <message>
            <source>It holds earthquakes: import it under Earthquake catalogue.</source>
            <translation>它含有地震：请在“地震目录”中导入。</translation>
        </message>
        <message>
            <source>It holds no readings.</source>
            <translation>其中没有读数。</translation>
        </message>
        <message>
            <source>It is not plain which columns hold the time and the total intensity: say so below.</source>
            <translation>无法确定哪些列是时间和总强度：请在下方指明。</translation>
        </message>
        <message>
            <source>It is on the clipboard: {command}</source>
            <translation>已放入剪贴板：{command}</translation>
        </message>
        <message>
            <source>It works: {device}, {backend} {version}, {precision}.</source>
            <translation>可用：{device}，{backend} {version}，{precision}。</translation>
        </message>
        <message>
            <source>Its clock keeps</source>
            <translation>其时钟采用</translation>
        </message>
        <message>
            <source>Its midnight is where a day begins; type a part of its name</source>
            <translation>一天从该时区的午夜开始；可输入名称的一部分</translation>
        </message>
        <message>
            <source>Judge by the training's labels</source>
            <translation>按训练时的标注评判</translation>
        </message>
        <message>
            <source>Judge by today's labels</source>
            <translation>按今天的标注评判</translation>
        </message>
        <message>
            <source>Judge the run</source>
            <translation>评判运行</translation>
        </message>
        <message>
            <source>Judge the run in use beside every baseline, on the same days</source>
            <translation>在相同日子上将所用运行与各基准一起评判</translation>
        </message>
        <message>
            <source>Judging the run</source>
            <translation>正在评判运行</translation>
        </message>
        <message>
            <source>Judging…</source>
            <translation>正在评判…</translation>
        </message>
        <message>
            <source>Kappa cannot be estimated: both gave all days one and the same class.</source>
            <translation>无法估计 kappa：两人给所有日子同一类别。</translation>
        </message>
        <message>
            <source>Keep</source>
            <translation>保留</translation>
        </message>
        <message>
            <source>Keep it running</source>
            <translation>继续进行</translation>
        </message>
        <message>
            <source>Keep these earthquakes in the project, in place of those it has</source>
            <translation>把这些地震存入项目，取代已有的地震</translation>
        </message>
        <message>
            <source>Keep this for tables with these columns</source>
            <translation>对具有这些列的表格保留此设置</translation>
        </message>
        <message>
            <source>Keep training</source>
            <translation>继续训练</translation>
        </message>
        <message>
            <source>Keep what is set here</source>
            <translation>保存此处的设置</translation>
        </message>
        <message>
            <source>Keep what these files hold in the project</source>
            <translation>把这些文件的内容存入项目</translation>
        </message>
        <message>
            <source>Keeping the earthquakes</source>
            <translation>正在保存地震</translation>
        </message>
        <message>
            <source>Keeping the run's predictions</source>
            <translation>正在保存该次训练的预测</translation>
        </message>
        <message>
            <source>Keeping the stations</source>
            <translation>正在保存台站</translation>
        </message>
        <message>
            <source>Kept and aftershocks</source>
            <translation>保留的和余震</translation>
        </message>
        <message>
            <source>Kept when the cursor leaves it, or by Ctrl+Return; Escape drops what was typed</source>
            <translation>光标离开或按 Ctrl+回车时保存；Esc 放弃输入</translation>
        </message>
        <message>
            <source>Keyboard shortcuts</source>
            <translation>键盘快捷键</translation>
        </message>
        <message>
            <source>Keys</source>
            <translation>按键</translation>
        </message>
        <message>
            <source>Kind</source>
            <translation>类型</translation>
        </message>
        <message>
            <source>Kp</source>
            <translation>Kp</translation>
        </message>
        <message>
            <source>Kp index</source>
            <translation>Kp 指数</translation>
        </message>
        <message>
            <source>Kp of the night: unknown</source>
            <translation>当夜 Kp：未知</translation>
        </message>
        <message>
            <source>Kp of the night: {kp:.1f}</source>
            <translation>当夜 Kp：{kp:.1f}</translation>
        </message>
        <message>
            <source>Kp of {count} intervals from {files}</source>
            <translation>{files} 中 {count} 个时段的 Kp</translation>
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
            <source>LEAKY: the model has no verdict, so there is no detection limit to stand beside it.</source>
            <translation>LEAKY（数据泄漏）：该模型没有结论，因此也没有与之对照的检出限。</translation>
        </message>
        <message>
            <source>LEAKY: the model was trained on the days that it predicts, so there is nothing to study.</source>
            <translation>LEAKY（数据泄漏）：模型用所预测的日期训练过，因此没有可研究的内容。</translation>
        </message>
        <message>
            <source>Label</source>
            <translation>标注</translation>
        </message>
        <message>
            <source>Label blind</source>
            <translation>盲标注</translation>
        </message>
        <message>
            <source>Label by rule (retrospective)…</source>
            <translation>按规则标注（回溯）…</translation>
        </message>
        <message>
            <source>Label history</source>
            <translation>标注历史</translation>
        </message>
        <message>
            <source>Label history…</source>
            <translation>标注历史…</translation>
        </message>
        <message>
            <source>Label rule (retrospective)</source>
            <translation>标注规则（回溯）</translation>
        </message>
        <message>
            <source>Label some days first, or apply the label rule.</source>
            <translation>请先标注一些日子，或应用标注规则。</translation>
        </message>
        <message>
            <source>Label: {name}</source>
            <translation>标注：{name}</translation>
        </message>
        <message>
            <source>Labelled by me</source>
            <translation>由我标注</translation>
        </message>
        <message>
            <source>Labelled days that the run does not know: {count}.</source>
            <translation>该运行不知道的已标注日子：{count} 天。</translation>
        </message>
        <message>
            <source>Labelled days with a map, by class: {counts}</source>
            <translation>有图的已标注天数（按类别）：{counts}</translation>
        </message>
        <message>
            <source>Labelling a day shows the next one</source>
            <translation>标注一天后显示下一天</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>标注</translation>
        </message>
        <message>
            <source>Labels of others</source>
            <translation>他人的标注</translation>
        </message>
        <message>
            <source>Labels over predictions</source>
            <translation>标注与预测对照</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <source>Large and small part at</source>
            <translation>大小地震的分界</translation>
        </message>
        <message>
            <source>Large map and large type, for several people at one screen</source>
            <translation>大图大字，供多人同屏会商</translation>
        </message>
        <message>
            <source>Larger than this is large; the founding paper uses 4</source>
            <translation>大于此值为大；原论文取 4</translation>
        </message>
        <message>
            <source>Largest Kp of the night; the dotted line is the storm level, hatched is unknown</source>
            <translation>夜间最大 Kp；虚线为磁暴水平，斜线为未知</translation>
        </message>
        <message>
            <source>Largest P(event) before each earthquake</source>
            <translation>每次地震之前的最大 P（有震）</translation>
        </message>
        <message>
            <source>Last (UTC)</source>
            <translation>末个（UTC）</translation>
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
            <source>Latitude (° north)</source>
            <translation>纬度（°北）</translation>
        </message>
        <message>
            <source>Latitude (°)</source>
            <translation>纬度（°）</translation>
        </message>
        <message>
            <source>Least certain prediction first</source>
            <translation>预测最不确定者在前</translation>
        </message>
        <message>
            <source>Least distance from the running median</source>
            <translation>与滑动中位数的最小距离</translation>
        </message>
        <message>
            <source>Least jump that marks a night as broken</source>
            <translation>判定夜间断裂的最小跳变</translation>
        </message>
        <message>
            <source>Least recorded share</source>
            <translation>最小记录比例</translation>
        </message>
        <message>
            <source>Least spread that a station is given</source>
            <translation>台站离散度的下限</translation>
        </message>
        <message>
            <source>Leave everything as it is</source>
            <translation>一切保持原样</translation>
        </message>
        <message>
            <source>Left out</source>
            <translation>未导入</translation>
        </message>
        <message>
            <source>Let the model that has learnt from simulated seasons answer for this one, which it never saw</source>
            <translation>让用模拟时段学习的模型对它从未见过的本时段作出预测</translation>
        </message>
        <message>
            <source>Let this take effect, and close</source>
            <translation>使其生效并关闭</translation>
        </message>
        <message>
            <source>Levels</source>
            <translation>级数</translation>
        </message>
        <message>
            <source>Liangshan 2022</source>
            <translation>凉山 2022</translation>
        </message>
        <message>
            <source>Liangshan 2022, 25 stations, made by a generator and marked so on every screen</source>
            <translation>凉山 2022，25 个台站，由生成器产生，每个界面都有标明</translation>
        </message>
        <message>
            <source>Light</source>
            <translation>浅色</translation>
        </message>
        <message>
            <source>Line {line}: {sentence}</source>
            <translation>第 {line} 行：{sentence}</translation>
        </message>
        <message>
            <source>Lines above</source>
            <translation>上方的行</translation>
        </message>
        <message>
            <source>Lines above the heading of the table</source>
            <translation>表格标题行上方的行数</translation>
        </message>
        <message>
            <source>Lines burnt in where the level changes</source>
            <translation>在级别变化处绘入的线</translation>
        </message>
        <message>
            <source>Linux under WSL2</source>
            <translation>WSL2 下的 Linux</translation>
        </message>
        <message>
            <source>List of stations</source>
            <translation>台站列表</translation>
        </message>
        <message>
            <source>List who imported what and when; undo and redo imports</source>
            <translation>列出何人何时导入了什么；撤销和重做导入</translation>
        </message>
        <message>
            <source>Lists of stations (*.csv *.txt *.xlsx *.ack);;All files (*)</source>
            <translation>台站列表 (*.csv *.txt *.xlsx *.ack);;所有文件 (*)</translation>
        </message>
        <message>
            <source>Local clock hour</source>
            <translation>当地钟点</translation>
        </message>
        <message>
            <source>Local clock hour, itself excluded</source>
            <translation>当地钟点，不含此时</translation>
        </message>
        <message>
            <source>Local date, included</source>
            <translation>当地日期，含此日</translation>
        </message>
        <message>
            <source>Local day, UTC{offset}; known at {time}</source>
            <translation>当地日，UTC{offset}；{time} 起可知</translation>
        </message>
        <message>
            <source>Local time</source>
            <translation>当地时间</translation>
        </message>
        <message>
            <source>Log of the training</source>
            <translation>训练日志</translation>
        </message>
        <message>
            <source>Log scale</source>
            <translation>对数刻度</translation>
        </message>
        <message>
            <source>Longitude</source>
            <translation>经度</translation>
        </message>
        <message>
            <source>Longitude (° east)</source>
            <translation>经度（°东）</translation>
        </message>
        <message>
            <source>Longitude (°)</source>
            <translation>经度（°）</translation>
        </message>
        <message>
            <source>Looking into the files</source>
            <translation>正在查看文件</translation>
        </message>
        <message>
            <source>Loop</source>
            <translation>循环</translation>
        </message>
        <message>
            <source>Loss</source>
            <translation>损失</translation>
        </message>
        <message>
            <source>MP4 is offered where the extra 'video' is installed.</source>
            <translation>安装附加组件“video”后可导出 MP4。</translation>
        </message>
        <message>
            <source>MP4 needs the extra 'video' (imageio-ffmpeg), which is not installed; choose GIF or PNG.</source>
            <translation>MP4 需要附加组件“video”（imageio-ffmpeg），尚未安装；请选择 GIF 或 PNG。</translation>
        </message>
        <message>
            <source>Magnitude</source>
            <translation>震级</translation>
        </message>
        <message>
            <source>Magnitude from</source>
            <translation>最小震级</translation>
        </message>
        <message>
            <source>Make a project, then choose files of readings: IAGA-2002, WDC, CDF, csv, xlsx</source>
            <translation>新建项目，然后选择读数文件：IAGA-2002、WDC、CDF、csv、xlsx</translation>
        </message>
        <message>
            <source>Making the synthetic season</source>
            <translation>正在生成合成时段</translation>
        </message>
        <message>
            <source>Map of the earthquakes and their two directions</source>
            <translation>地震及其两个方向的地图</translation>
        </message>
        <message>
            <source>Maps</source>
            <translation>图</translation>
        </message>
        <message>
            <source>Margin</source>
            <translation>边距</translation>
        </message>
        <message>
            <source>Matrix: true class down, predicted class across</source>
            <translation>矩阵：行为真实类别，列为预测类别</translation>
        </message>
        <message>
            <source>Meaning of column {name}</source>
            <translation>列 {name} 的含义</translation>
        </message>
        <message>
            <source>Means</source>
            <translation>含义</translation>
        </message>
        <message>
            <source>Measured data</source>
            <translation>实测数据</translation>
        </message>
        <message>
            <source>Measured on this machine, or chosen</source>
            <translation>在本机测得，或指定</translation>
        </message>
        <message>
            <source>Message</source>
            <translation>消息</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>模型</translation>
        </message>
        <message>
            <source>Molchan diagram</source>
            <translation>Molchan 图</translation>
        </message>
        <message>
            <source>More of the play bar</source>
            <translation>播放栏的更多选项</translation>
        </message>
        <message>
            <source>Most like the day shown first</source>
            <translation>与所示日最相似者在前</translation>
        </message>
        <message>
            <source>Most probable earthquake first</source>
            <translation>有震概率最高者在前</translation>
        </message>
        <message>
            <source>Move the run to the project's trash</source>
            <translation>把运行移到项目的回收站</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>名称</translation>
        </message>
        <message>
            <source>Name of the run</source>
            <translation>运行的名称</translation>
        </message>
        <message>
            <source>Narrow and quick</source>
            <translation>窄而快</translation>
        </message>
        <message>
            <source>Network</source>
            <translation>网络</translation>
        </message>
        <message>
            <source>Networks and their predictions belong to one map style. With another style, runs trained so far are refused until you come back to theirs; they are kept.</source>
            <translation>网络及其预测属于一种图样式。换用别的样式时，此前训练的运行会被拒用，直到恢复其样式；它们会保留。</translation>
        </message>
        <message>
            <source>New days</source>
            <translation>新的日期</translation>
        </message>
        <message>
            <source>New files of readings</source>
            <translation>新的观测文件</translation>
        </message>
        <message>
            <source>New project</source>
            <translation>新建项目</translation>
        </message>
        <message>
            <source>New project…</source>
            <translation>新建项目…</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>下一处</translation>
        </message>
        <message>
            <source>Next day</source>
            <translation>后一天</translation>
        </message>
        <message>
            <source>Next day with an extremum region</source>
            <translation>下一个有极值区域的日子</translation>
        </message>
        <message>
            <source>Next disagreement of label and prediction</source>
            <translation>下一个标注与预测不一致的日子</translation>
        </message>
        <message>
            <source>Next earthquake</source>
            <translation>下一次地震</translation>
        </message>
        <message>
            <source>Next stormy night</source>
            <translation>下一个磁暴夜</translation>
        </message>
        <message>
            <source>Next unlabelled day</source>
            <translation>下一个未标注的日子</translation>
        </message>
        <message>
            <source>Night begins</source>
            <translation>夜间开始</translation>
        </message>
        <message>
            <source>Night ends</source>
            <translation>夜间结束</translation>
        </message>
        <message>
            <source>Night mean {value:.1f} nT</source>
            <translation>夜间均值 {value:.1f} nT</translation>
        </message>
        <message>
            <source>Night means less their median, nT</source>
            <translation>夜间均值减中位数，nT</translation>
        </message>
        <message>
            <source>Night means, nT</source>
            <translation>夜间均值，nT</translation>
        </message>
        <message>
            <source>Nights that a baseline needs</source>
            <translation>基线所需夜数</translation>
        </message>
        <message>
            <source>No Linux distribution was found: install WSL2, or choose another place.</source>
            <translation>没有找到 Linux 发行版：请安装 WSL2，或另选位置。</translation>
        </message>
        <message>
            <source>No alarm</source>
            <translation>无警报</translation>
        </message>
        <message>
            <source>No anomaly: {reason}</source>
            <translation>无异常值：{reason}</translation>
        </message>
        <message>
            <source>No day</source>
            <translation>无日期</translation>
        </message>
        <message>
            <source>No day is left without an earthquake, so nothing can be learned from the others: take a larger magnitude or a smaller area in the catalogue, or fewer days here.</source>
            <translation>没有一天是无地震的，其余类别便无从学起：请在目录中取更大的震级或更小的范围，或在此减少天数。</translation>
        </message>
        <message>
            <source>No day is shown in this workspace, so nothing was labelled.</source>
            <translation>此工作区未显示任何一天，因此未作标注。</translation>
        </message>
        <message>
            <source>No day map yet: import readings of at least three stations with coordinates.</source>
            <translation>还没有日等值线图：请导入至少三个有坐标台站的观测数据。</translation>
        </message>
        <message>
            <source>No day of this season has a map: an anomaly needs at least {nights} earlier nights to compare with. Import earlier readings, or move the season's days.</source>
            <translation>时段内没有一天有图：异常至少要与此前 {nights} 个夜晚比较。请导入更早的读数，或调整时段的起止日期。</translation>
        </message>
        <message>
            <source>No earthquake</source>
            <translation>无地震</translation>
        </message>
        <message>
            <source>No earthquake on this day</source>
            <translation>当日无地震</translation>
        </message>
        <message>
            <source>No earthquakes</source>
            <translation>没有地震</translation>
        </message>
        <message>
            <source>No extremum region</source>
            <translation>无极值区域</translation>
        </message>
        <message>
            <source>No further day of this kind in this direction.</source>
            <translation>此方向上没有更多此类日期。</translation>
        </message>
        <message>
            <source>No further day on which label and prediction differ in this direction.</source>
            <translation>此方向没有更多标注与预测不一致的日子。</translation>
        </message>
        <message>
            <source>No further day with an extremum region in this direction.</source>
            <translation>此方向没有更多有极值区域的日子。</translation>
        </message>
        <message>
            <source>No further event in this direction.</source>
            <translation>此方向没有更多地震。</translation>
        </message>
        <message>
            <source>No further stormy night in this direction.</source>
            <translation>此方向没有更多磁暴夜。</translation>
        </message>
        <message>
            <source>No further unlabelled day in this direction.</source>
            <translation>此方向没有更多未标注的日子。</translation>
        </message>
        <message>
            <source>No label yet: press 0 to 4</source>
            <translation>尚无标注：按 0 至 4</translation>
        </message>
        <message>
            <source>No later earthquake in the catalogue</source>
            <translation>目录中此后无地震</translation>
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
            <source>No prediction for these days.</source>
            <translation>这些日子没有预测。</translation>
        </message>
        <message>
            <source>No prediction: train a network, or choose a run</source>
            <translation>无预测：请训练网络或选择运行</translation>
        </message>
        <message>
            <source>No project</source>
            <translation>无项目</translation>
        </message>
        <message>
            <source>No remarks on the chosen file.</source>
            <translation>所选文件没有备注。</translation>
        </message>
        <message>
            <source>No station has a value on this day; a map needs three stations at different places. The stations are shown alone.</source>
            <translation>当天没有台站有值；成图需要三个位置不同的台站。只显示台站。</translation>
        </message>
        <message>
            <source>No station has coordinates yet, so there are no maps: give the stations their places.</source>
            <translation>还没有台站有坐标，因此没有图：请填写台站的位置。</translation>
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
            <source>Normal level over (days)</source>
            <translation>正常水平取自（天）</translation>
        </message>
        <message>
            <source>North (°)</source>
            <translation>北（°）</translation>
        </message>
        <message>
            <source>North centre {place}</source>
            <translation>北中心 {place}</translation>
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
            <source>Not computed yet. Press “Find the detection limit”: it takes minutes and is kept with the run.</source>
            <translation>尚未计算。请按“求检出限”：需要几分钟，结果随运行一同保存。</translation>
        </message>
        <message>
            <source>Not computed yet. Press “Study the run”: it takes seconds and is kept with the run.</source>
            <translation>尚未计算。请按“研究训练记录”：需数秒，结果随训练记录保存。</translation>
        </message>
        <message>
            <source>Not judged yet.</source>
            <translation>尚未评判。</translation>
        </message>
        <message>
            <source>Note on this day</source>
            <translation>这一天的备注</translation>
        </message>
        <message>
            <source>Notes of others</source>
            <translation>他人的备注</translation>
        </message>
        <message>
            <source>Nothing to redo.</source>
            <translation>没有可重做的。</translation>
        </message>
        <message>
            <source>Nothing to undo.</source>
            <translation>没有可撤销的。</translation>
        </message>
        <message>
            <source>Nothing was changed.</source>
            <translation>未做任何更改。</translation>
        </message>
        <message>
            <source>Nothing was exported, labelled by rule, trained or judged here yet.</source>
            <translation>这里还没有导出、按规则标注、训练或评估过。</translation>
        </message>
        <message>
            <source>Number of days</source>
            <translation>天数</translation>
        </message>
        <message>
            <source>Numbers that stand for no value, besides all from 88888 on</source>
            <translation>除 88888 及以上外，表示缺测的数</translation>
        </message>
        <message>
            <source>OK</source>
            <translation>确定</translation>
        </message>
        <message>
            <source>Of equal magnitudes the later one wins</source>
            <translation>震级相等时取较晚者</translation>
        </message>
        <message>
            <source>Of the former day's region</source>
            <translation>占前一天区域的比例</translation>
        </message>
        <message>
            <source>Off: as far as there are readings</source>
            <translation>不选：以有读数为限</translation>
        </message>
        <message>
            <source>Off: no limit</source>
            <translation>不选：不限</translation>
        </message>
        <message>
            <source>Off: the file's earthquakes take the place of those in the project</source>
            <translation>不选：文件中的地震取代项目已有的地震</translation>
        </message>
        <message>
            <source>One against the rest (the paper's “accuracy”)</source>
            <translation>一类对其余（论文的“准确率”）</translation>
        </message>
        <message>
            <source>One file on data, method, earthquakes, labels, training and skill</source>
            <translation>一个文件，包括数据、方法、地震、标注、训练和技巧</translation>
        </message>
        <message>
            <source>One solar rotation is 27 days</source>
            <translation>太阳自转一周为 27 天</translation>
        </message>
        <message>
            <source>Only kept</source>
            <translation>仅保留的</translation>
        </message>
        <message>
            <source>Only labels given blind</source>
            <translation>仅限盲标注</translation>
        </message>
        <message>
            <source>Only one column can hold the station code.</source>
            <translation>只能有一列是台站代码。</translation>
        </message>
        <message>
            <source>Only one place has a value on this day; a map needs three stations at different places. The stations are shown alone.</source>
            <translation>当天只有一个位置的台站有值；成图需要三个位置不同的台站。只显示台站。</translation>
        </message>
        <message>
            <source>Only the first labelled {first} days, only the second {second}.</source>
            <translation>仅第一位标注了 {first} 天，仅第二位标注了 {second} 天。</translation>
        </message>
        <message>
            <source>Only two places have a value on this day; a map needs three stations at different places. The stations are shown alone.</source>
            <translation>当天只有两个位置的台站有值；成图需要三个位置不同的台站。只显示台站。</translation>
        </message>
        <message>
            <source>Open a project</source>
            <translation>打开项目</translation>
        </message>
        <message>
            <source>Open project</source>
            <translation>打开项目</translation>
        </message>
        <message>
            <source>Open project…</source>
            <translation>打开项目…</translation>
        </message>
        <message>
            <source>Open recent</source>
            <translation>打开最近的项目</translation>
        </message>
        <message>
            <source>Open the guide, and close this sheet</source>
            <translation>打开指南并关闭此表</translation>
        </message>
        <message>
            <source>Open the null season beside it</source>
            <translation>打开旁边的无信号时段</translation>
        </message>
        <message>
            <source>Open the season beside this one</source>
            <translation>打开与之相配的时段</translation>
        </message>
        <message>
            <source>Open the synthetic season</source>
            <translation>打开合成时段</translation>
        </message>
        <message>
            <source>Open what mends this</source>
            <translation>打开解决办法</translation>
        </message>
        <message>
            <source>Opened</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>Opening the project</source>
            <translation>正在打开项目</translation>
        </message>
        <message>
            <source>Order</source>
            <translation>排序</translation>
        </message>
        <message>
            <source>Order of the small maps</source>
            <translation>缩略图的排序</translation>
        </message>
        <message>
            <source>Out of fold: {count} days</source>
            <translation>折外：{count} 天</translation>
        </message>
        <message>
            <source>Outcome</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Overwritten</source>
            <translation>取代</translation>
        </message>
        <message>
            <source>P about the earthquakes</source>
            <translation>地震前后的 P</translation>
        </message>
        <message>
            <source>PROSPECTIVE</source>
            <translation>前瞻</translation>
        </message>
        <message>
            <source>Page for a browser (*.html);;Pages to print (*.pdf)</source>
            <translation>浏览器页面 (*.html);;打印页面 (*.pdf)</translation>
        </message>
        <message>
            <source>Painting the days</source>
            <translation>正在绘制各日</translation>
        </message>
        <message>
            <source>Panel</source>
            <translation>面板</translation>
        </message>
        <message>
            <source>Panels</source>
            <translation>面板</translation>
        </message>
        <message>
            <source>Paper</source>
            <translation>论文</translation>
        </message>
        <message>
            <source>Paper: augment first, split at random (LEAKY)</source>
            <translation>论文：先增广，再随机划分（有泄漏）</translation>
        </message>
        <message>
            <source>Passed on 1 % of days without a signal</source>
            <translation>无信号日中有 1 % 会超过</translation>
        </message>
        <message>
            <source>Path of a Python with Keras and a backend, such as one that finds the GPU</source>
            <translation>装有 Keras 和后端的 Python 的路径，例如能使用 GPU 的那个</translation>
        </message>
        <message>
            <source>Pick stations on the map or here.</source>
            <translation>请在图上或此处选择台站。</translation>
        </message>
        <message>
            <source>Pixel lasts within (z)</source>
            <translation>像素持续的变化限（z）</translation>
        </message>
        <message>
            <source>Pixels</source>
            <translation>像素</translation>
        </message>
        <message>
            <source>Place</source>
            <translation>地点</translation>
        </message>
        <message>
            <source>Planning the training</source>
            <translation>规划训练</translation>
        </message>
        <message>
            <source>Play</source>
            <translation>播放</translation>
        </message>
        <message>
            <source>Play or pause</source>
            <translation>播放或暂停</translation>
        </message>
        <message>
            <source>Play: days per second</source>
            <translation>播放：每秒天数</translation>
        </message>
        <message>
            <source>Play: start again at the end</source>
            <translation>播放：到末尾后重新开始</translation>
        </message>
        <message>
            <source>Point at the map to read value and place.</source>
            <translation>将光标移到图上即可读取数值和位置。</translation>
        </message>
        <message>
            <source>Power by size of the signals</source>
            <translation>不同信号大小的检出概率</translation>
        </message>
        <message>
            <source>Pre-trained on simulated seasons of this network</source>
            <translation>用本台网的模拟时段预训练</translation>
        </message>
        <message>
            <source>Precision</source>
            <translation>精确率</translation>
        </message>
        <message>
            <source>Predicted</source>
            <translation>预测为</translation>
        </message>
        <message>
            <source>Predicted class</source>
            <translation>预测类别</translation>
        </message>
        <message>
            <source>Predicting with the run</source>
            <translation>正在用该运行预测</translation>
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
            <source>Predictions are hidden while you label blind, so none can be accepted.</source>
            <translation>盲标注时预测被隐藏，因此不能采纳。</translation>
        </message>
        <message>
            <source>Predictors</source>
            <translation>预测方法</translation>
        </message>
        <message>
            <source>Probability: {name}</source>
            <translation>概率：{name}</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>进度</translation>
        </message>
        <message>
            <source>Progress of the training</source>
            <translation>训练进度</translation>
        </message>
        <message>
            <source>Project</source>
            <translation>项目</translation>
        </message>
        <message>
            <source>Prospective: {count} days</source>
            <translation>前瞻：{count} 天</translation>
        </message>
        <message>
            <source>Protocol</source>
            <translation>方案</translation>
        </message>
        <message>
            <source>Put SYNTHETIC signals into the nights of this season and see which would have been found</source>
            <translation>在本观测季的夜均值中加入 SYNTHETIC（合成数据）信号，看哪些能被检出</translation>
        </message>
        <message>
            <source>Put the defaults back</source>
            <translation>恢复默认值</translation>
        </message>
        <message>
            <source>Python</source>
            <translation>Python</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <source>Radius (km)</source>
            <translation>半径（km）</translation>
        </message>
        <message>
            <source>Rare classes count more in training</source>
            <translation>训练中稀少类别权重更大</translation>
        </message>
        <message>
            <source>Read a run that was exported</source>
            <translation>读入导出的运行</translation>
        </message>
        <message>
            <source>Read only</source>
            <translation>只读</translation>
        </message>
        <message>
            <source>Reading the catalogue</source>
            <translation>正在读取目录</translation>
        </message>
        <message>
            <source>Reading the detection limit of the run</source>
            <translation>正在读取该运行的检出限</translation>
        </message>
        <message>
            <source>Reading the list of stations</source>
            <translation>正在读取台站列表</translation>
        </message>
        <message>
            <source>Reading the maps and building the model…</source>
            <translation>正在读取图像并构建模型…</translation>
        </message>
        <message>
            <source>Reading the season…</source>
            <translation>正在读取观测季…</translation>
        </message>
        <message>
            <source>Reading the studies of the run</source>
            <translation>正在读取训练记录的研究结果</translation>
        </message>
        <message>
            <source>Readings</source>
            <translation>读数</translation>
        </message>
        <message>
            <source>Readings less their median, nT</source>
            <translation>观测值减中位数，nT</translation>
        </message>
        <message>
            <source>Readings of the selected station no longer count; Edit &gt; Imports brings them back</source>
            <translation>所选台站的观测数据不再有效；可在“编辑 &gt; 导入记录”中恢复</translation>
        </message>
        <message>
            <source>Readings of {codes} are stamped up to {time} UTC, ahead of this machine's clock: one of the two clocks, or a time zone, is wrong.</source>
            <translation>{codes} 的读数时间标到 {time} UTC，晚于本机时钟：两个时钟之一或时区有误。</translation>
        </message>
        <message>
            <source>Readings, nT</source>
            <translation>观测值，nT</translation>
        </message>
        <message>
            <source>Reason</source>
            <translation>原因</translation>
        </message>
        <message>
            <source>Recall</source>
            <translation>召回率</translation>
        </message>
        <message>
            <source>Recent projects</source>
            <translation>最近的项目</translation>
        </message>
        <message>
            <source>Recipe</source>
            <translation>配方</translation>
        </message>
        <message>
            <source>Redo</source>
            <translation>重做</translation>
        </message>
        <message>
            <source>Redo import</source>
            <translation>重做导入</translation>
        </message>
        <message>
            <source>Redo it?</source>
            <translation>要重做吗？</translation>
        </message>
        <message>
            <source>Redoing an import</source>
            <translation>正在重做导入</translation>
        </message>
        <message>
            <source>Reference station</source>
            <translation>参考台站</translation>
        </message>
        <message>
            <source>Region lasts from share</source>
            <translation>区域持续的比例</translation>
        </message>
        <message>
            <source>Region outlines</source>
            <translation>区域轮廓</translation>
        </message>
        <message>
            <source>Reliability</source>
            <translation>可靠性</translation>
        </message>
        <message>
            <source>Remark</source>
            <translation>说明</translation>
        </message>
        <message>
            <source>Remarks</source>
            <translation>说明</translation>
        </message>
        <message>
            <source>Remarks on the chosen file</source>
            <translation>所选文件的说明</translation>
        </message>
        <message>
            <source>Remarks on the chosen log</source>
            <translation>对所选记录的说明</translation>
        </message>
        <message>
            <source>Remove readings</source>
            <translation>移除观测数据</translation>
        </message>
        <message>
            <source>Removing readings</source>
            <translation>正在移除观测数据</translation>
        </message>
        <message>
            <source>Rename</source>
            <translation>重命名</translation>
        </message>
        <message>
            <source>Rename…</source>
            <translation>重命名…</translation>
        </message>
        <message>
            <source>Replace</source>
            <translation>替换</translation>
        </message>
        <message>
            <source>Replace it with {cls}?</source>
            <translation>要替换为 {cls} 吗？</translation>
        </message>
        <message>
            <source>Replace them with {cls}?</source>
            <translation>要全部替换为 {cls} 吗？</translation>
        </message>
        <message>
            <source>Report of the import</source>
            <translation>导入报告</translation>
        </message>
        <message>
            <source>Report of the season</source>
            <translation>时段报告</translation>
        </message>
        <message>
            <source>Report of the season…</source>
            <translation>时段报告…</translation>
        </message>
        <message>
            <source>Reset all layouts</source>
            <translation>重置全部布局</translation>
        </message>
        <message>
            <source>Reset the layout of this workspace</source>
            <translation>重置此工作区的布局</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>结果</translation>
        </message>
        <message>
            <source>Resume a training that was stopped</source>
            <translation>继续已停止的训练</translation>
        </message>
        <message>
            <source>Retrain</source>
            <translation>重新训练</translation>
        </message>
        <message>
            <source>Review</source>
            <translation>会商</translation>
        </message>
        <message>
            <source>Robust standard deviations of the night</source>
            <translation>当夜的稳健标准差</translation>
        </message>
        <message>
            <source>Robustness</source>
            <translation>稳健性</translation>
        </message>
        <message>
            <source>Runs</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>S total intensity, its own instrument</source>
            <translation>S 总强度，独立仪器</translation>
        </message>
        <message>
            <source>SYNTHETIC</source>
            <translation>合成数据</translation>
        </message>
        <message>
            <source>SYNTHETIC — made by a generator, not measured</source>
            <translation>合成数据 — 由生成器产生，非实测</translation>
        </message>
        <message>
            <source>SYNTHETIC — not measured</source>
            <translation>合成数据 — 非实测</translation>
        </message>
        <message>
            <source>Save</source>
            <translation>保存</translation>
        </message>
        <message>
            <source>Say what each column means</source>
            <translation>说明每一列的含义</translation>
        </message>
        <message>
            <source>Say which column holds the time, or which hold its parts.</source>
            <translation>请指明哪一列是时间，或哪些列是时间的各部分。</translation>
        </message>
        <message>
            <source>Say which columns hold total intensity, or its components.</source>
            <translation>请指明哪些列是总强度或其分量。</translation>
        </message>
        <message>
            <source>Say which time zone the clock of the table keeps.</source>
            <translation>请指明表格的时钟采用哪个时区。</translation>
        </message>
        <message>
            <source>Scale</source>
            <translation>系数</translation>
        </message>
        <message>
            <source>Scale ends at (z)</source>
            <translation>色标止于（z）</translation>
        </message>
        <message>
            <source>Search the guide</source>
            <translation>在指南中查找</translation>
        </message>
        <message>
            <source>Season</source>
            <translation>时段</translation>
        </message>
        <message>
            <source>Season and parameters…</source>
            <translation>时段与参数…</translation>
        </message>
        <message>
            <source>Second analyst</source>
            <translation>第二位分析员</translation>
        </message>
        <message>
            <source>Second analyst (columns)</source>
            <translation>第二位分析员（列）</translation>
        </message>
        <message>
            <source>Second says</source>
            <translation>第二位认为</translation>
        </message>
        <message>
            <source>Seed</source>
            <translation>随机种子</translation>
        </message>
        <message>
            <source>Series</source>
            <translation>曲线</translation>
        </message>
        <message>
            <source>Series of the picked stations</source>
            <translation>所选台站的序列</translation>
        </message>
        <message>
            <source>Settings</source>
            <translation>设置</translation>
        </message>
        <message>
            <source>Settings…</source>
            <translation>设置…</translation>
        </message>
        <message>
            <source>Settle as: {name}</source>
            <translation>商定为：{name}</translation>
        </message>
        <message>
            <source>Settle the chosen day as</source>
            <translation>把所选日商定为</translation>
        </message>
        <message>
            <source>Settled</source>
            <translation>已商定</translation>
        </message>
        <message>
            <source>Share of stations with an anomaly; hatched is missing</source>
            <translation>有异常值的台站比例；斜线为缺测</translation>
        </message>
        <message>
            <source>Sheet</source>
            <translation>工作表</translation>
        </message>
        <message>
            <source>Sheet of the workbook</source>
            <translation>工作簿中的工作表</translation>
        </message>
        <message>
            <source>Shift and Ctrl choose several days; 0 to 4 label them in one step</source>
            <translation>按 Shift 或 Ctrl 选择多日；0 至 4 一步标注</translation>
        </message>
        <message>
            <source>Show its predictions</source>
            <translation>显示其预测</translation>
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
            <translation>以 nT 代替 z 显示</translation>
        </message>
        <message>
            <source>Show the epicentres</source>
            <translation>显示震中</translation>
        </message>
        <message>
            <source>Show the figures behind the verdict</source>
            <translation>显示结论所依据的数字</translation>
        </message>
        <message>
            <source>Show the loss on a logarithmic scale</source>
            <translation>以对数刻度显示损失</translation>
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
            <source>Show the season's days as small maps in the day map's place</source>
            <translation>在日图的位置以缩略图显示观测季各日</translation>
        </message>
        <message>
            <source>Show the whole network (double click)</source>
            <translation>显示整个台网（双击）</translation>
        </message>
        <message>
            <source>Show two chosen days beside each other, with their difference</source>
            <translation>并排显示所选两日及其差值</translation>
        </message>
        <message>
            <source>Show where the map speaks for the prediction; asks the run for the chosen days</source>
            <translation>显示图上支持预测结果的部分；对所选日期询问该次运行</translation>
        </message>
        <message>
            <source>Shown</source>
            <translation>显示中</translation>
        </message>
        <message>
            <source>Side</source>
            <translation>方位</translation>
        </message>
        <message>
            <source>Side of the map that the network sees</source>
            <translation>网络所见图的边长</translation>
        </message>
        <message>
            <source>Signals were put into this season by a stated law, and the model has learnt from other seasons like it. The null season beside it has none: see what the same model says there.</source>
            <translation>本时段按既定规律加入了信号，模型学自其他同类时段。旁边的无信号时段没有信号：看看同一模型在那里怎么说。</translation>
        </message>
        <message>
            <source>Skill maps</source>
            <translation>预测效能图</translation>
        </message>
        <message>
            <source>Small day maps</source>
            <translation>日图缩略图</translation>
        </message>
        <message>
            <source>Smallest magnitude taken, itself included: for M &gt; 3.0 in tenths write 3.1</source>
            <translation>所取的最小震级，含此值：震级精确到 0.1 时，M &gt; 3.0 写 3.1</translation>
        </message>
        <message>
            <source>Smallest scale (nT)</source>
            <translation>最小离散度（nT）</translation>
        </message>
        <message>
            <source>Smoothing</source>
            <translation>平滑</translation>
        </message>
        <message>
            <source>Something else was written in the meantime; use Undo in the Edit menu.</source>
            <translation>其间又写入了其他内容；请用“编辑”菜单中的“撤销”。</translation>
        </message>
        <message>
            <source>Source</source>
            <translation>来源</translation>
        </message>
        <message>
            <source>South (°)</source>
            <translation>南（°）</translation>
        </message>
        <message>
            <source>South centre {place}</source>
            <translation>南中心 {place}</translation>
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
            <source>Spike from (deviations)</source>
            <translation>尖峰判据（标准差）</translation>
        </message>
        <message>
            <source>Spike from (nT)</source>
            <translation>尖峰判据（nT）</translation>
        </message>
        <message>
            <source>Start</source>
            <translation>开始</translation>
        </message>
        <message>
            <source>Start over</source>
            <translation>重新开始</translation>
        </message>
        <message>
            <source>Start the worker there and tell on which device it would compute</source>
            <translation>在那里启动训练进程，说明将用哪个设备计算</translation>
        </message>
        <message>
            <source>Started ({zone})</source>
            <translation>开始（{zone}）</translation>
        </message>
        <message>
            <source>Starting the training process; it loads the libraries first…</source>
            <translation>正在启动训练进程，先加载所需的库…</translation>
        </message>
        <message>
            <source>State</source>
            <translation>状态</translation>
        </message>
        <message>
            <source>Station</source>
            <translation>台站</translation>
        </message>
        <message>
            <source>Station in file names</source>
            <translation>文件名中的台站</translation>
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
            <source>Station of the file</source>
            <translation>文件的台站</translation>
        </message>
        <message>
            <source>Stations</source>
            <translation>台站</translation>
        </message>
        <message>
            <source>Stations on the day map</source>
            <translation>日图上的台站</translation>
        </message>
        <message>
            <source>Stations…</source>
            <translation>台站…</translation>
        </message>
        <message>
            <source>Step from (nT)</source>
            <translation>台阶判据（nT）</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>停止</translation>
        </message>
        <message>
            <source>Stop and close</source>
            <translation>停止并关闭</translation>
        </message>
        <message>
            <source>Stop this work</source>
            <translation>停止此工作</translation>
        </message>
        <message>
            <source>Stop this work; nothing is left half-written</source>
            <translation>停止此工作；不会留下写了一半的内容</translation>
        </message>
        <message>
            <source>Stopped; no report was written.</source>
            <translation>已停止；没有写报告。</translation>
        </message>
        <message>
            <source>Stormy nights</source>
            <translation>磁暴之夜</translation>
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
            <source>Study the run</source>
            <translation>研究训练记录</translation>
        </message>
        <message>
            <source>Studying the run</source>
            <translation>正在研究训练记录</translation>
        </message>
        <message>
            <source>Studying the run…</source>
            <translation>正在研究训练记录……</translation>
        </message>
        <message>
            <source>Such a night enters no later baseline</source>
            <translation>这样的夜间不进入以后的基线</translation>
        </message>
        <message>
            <source>Sum</source>
            <translation>合计</translation>
        </message>
        <message>
            <source>Superposed epochs</source>
            <translation>时序叠加</translation>
        </message>
        <message>
            <source>Suspect label</source>
            <translation>标注可疑</translation>
        </message>
        <message>
            <source>Suspected label errors first</source>
            <translation>疑似标注错误者在前</translation>
        </message>
        <message>
            <source>Tables</source>
            <translation>表格</translation>
        </message>
        <message>
            <source>Take a run back from the trash, or empty it</source>
            <translation>从回收站取回运行，或清空回收站</translation>
        </message>
        <message>
            <source>Take away</source>
            <translation>取消标注</translation>
        </message>
        <message>
            <source>Take back: {name}, {begun}</source>
            <translation>取回：{name}，{begun}</translation>
        </message>
        <message>
            <source>Take in new days…</source>
            <translation>接收新的日期…</translation>
        </message>
        <message>
            <source>Take it away?</source>
            <translation>要取消这个标注吗？</translation>
        </message>
        <message>
            <source>Take stations from a csv, xlsx or .ack file</source>
            <translation>从 csv、xlsx 或 .ack 文件读取台站</translation>
        </message>
        <message>
            <source>Take the label away</source>
            <translation>去掉标注</translation>
        </message>
        <message>
            <source>Take this step back</source>
            <translation>撤销这一步</translation>
        </message>
        <message>
            <source>Taking in new days</source>
            <translation>正在接收新的日期</translation>
        </message>
        <message>
            <source>Text size</source>
            <translation>文字大小</translation>
        </message>
        <message>
            <source>The Linux distribution under WSL2; empty for the default one</source>
            <translation>WSL2 下的 Linux 发行版；留空则用默认的</translation>
        </message>
        <message>
            <source>The Python that trains</source>
            <translation>用于训练的 Python</translation>
        </message>
        <message>
            <source>The animation is in {path}.</source>
            <translation>动画已保存到 {path}。</translation>
        </message>
        <message>
            <source>The chosen days</source>
            <translation>所选日子</translation>
        </message>
        <message>
            <source>The code {code} is there twice.</source>
            <translation>代码 {code} 出现了两次。</translation>
        </message>
        <message>
            <source>The coordinates of {code} can be corrected, but not taken away.</source>
            <translation>{code} 的坐标可以更正，但不能去掉。</translation>
        </message>
        <message>
            <source>The device is named by the worker before its first batch.</source>
            <translation>训练进程在第一批之前报告所用设备。</translation>
        </message>
        <message>
            <source>The figure is in {path}.</source>
            <translation>图已保存到 {path}。</translation>
        </message>
        <message>
            <source>The file is no longer what it was when it was chosen.</source>
            <translation>文件已不是选择时的样子。</translation>
        </message>
        <message>
            <source>The guide does not say “{text}”.</source>
            <translation>指南中没有“{text}”。</translation>
        </message>
        <message>
            <source>The import was stopped; nothing of it was kept.</source>
            <translation>导入已停止；未保存任何内容。</translation>
        </message>
        <message>
            <source>The import was stopped; what had been kept before is listed here.</source>
            <translation>导入已停止；此前已保存的内容列于此处。</translation>
        </message>
        <message>
            <source>The label in force: colour, pattern and letter of its class</source>
            <translation>生效的标注：以颜色、图案和字母表示类别</translation>
        </message>
        <message>
            <source>The labels are as they were after this entry.</source>
            <translation>标注与此记录之后的状态相同。</translation>
        </message>
        <message>
            <source>The labels of {count} days, {first} to {last}, were cleared.</source>
            <translation>{first} 至 {last} 共 {count} 天的标注已清除。</translation>
        </message>
        <message>
            <source>The last export, label rule, training or judgement as a command line</source>
            <translation>最近一次的导出、标注规则、训练或评估，作为命令行</translation>
        </message>
        <message>
            <source>The last export, label rule, training or judgement as a program</source>
            <translation>最近一次的导出、标注规则、训练或评估，作为程序</translation>
        </message>
        <message>
            <source>The last step of {who} was written by another program {when}: {what}.</source>
            <translation>{who} 的最后一步是另一个程序{when}写入的：{what}。</translation>
        </message>
        <message>
            <source>The latest entry is at the top</source>
            <translation>最新记录在最上面</translation>
        </message>
        <message>
            <source>The null season</source>
            <translation>无信号时段</translation>
        </message>
        <message>
            <source>The number of chosen days is not visible, so only the day shown is labelled.</source>
            <translation>看不到所选天数，因此只标注当前显示的这一天。</translation>
        </message>
        <message>
            <source>The predicted class, as tall as its probability: filled where the run had not seen the day, faint where it had, underlined where issued beforehand</source>
            <translation>预测的类别，高度为其概率：模型未见过的日子为实心，见过的为淡色，事先发布的带下划线</translation>
        </message>
        <message>
            <source>The program met an error that it does not know ({kind}); the window goes on and what was confirmed is on disk. Please copy the report and send it to whoever looks after the program.</source>
            <translation>程序遇到一个未知错误（{kind}）；窗口继续运行，已确认的内容都在磁盘上。请复制报告并发给程序的维护者。</translation>
        </message>
        <message>
            <source>The project has no earthquakes yet.</source>
            <translation>项目中还没有地震。</translation>
        </message>
        <message>
            <source>The project reads the next tables with the same columns in the same way</source>
            <translation>项目以后用同样的方式读取具有相同列的表格</translation>
        </message>
        <message>
            <source>The project's own {count} earthquakes</source>
            <translation>项目已有的 {count} 次地震</translation>
        </message>
        <message>
            <source>The readings have changed, and the season is being computed anew; try again when it is shown.</source>
            <translation>观测数据已改变，正在重新计算观测季；请在显示之后再试。</translation>
        </message>
        <message>
            <source>The readings of {station} no longer count; Edit &gt; Imports brings them back.</source>
            <translation>台站 {station} 的观测数据不再有效；可在“编辑 &gt; 导入记录”中恢复。</translation>
        </message>
        <message>
            <source>The region's number, the same on every day of its track</source>
            <translation>极值区域的编号，在其整个持续过程中不变</translation>
        </message>
        <message>
            <source>The report is in {path}.</source>
            <translation>报告在 {path}。</translation>
        </message>
        <message>
            <source>The report is in {path}: {count} pages.</source>
            <translation>报告在 {path}：{count} 页。</translation>
        </message>
        <message>
            <source>The report is on the clipboard; it holds no names, notes or paths. Paste it into a mail.</source>
            <translation>报告已在剪贴板上，不含姓名、备注和路径。请粘贴到邮件中。</translation>
        </message>
        <message>
            <source>The rule</source>
            <translation>规则</translation>
        </message>
        <message>
            <source>The rule is retrospective: it labels days by earthquakes that came after them. It serves training and judging and is never a prediction. Labels given by analysts stay in force over it.</source>
            <translation>此规则是回溯的：按其后发生的地震标注日子。它用于训练和评判，绝不是预测。分析员的标注始终优先于它。</translation>
        </message>
        <message>
            <source>The rule labelled {counts} days of the classes 0 to 4.</source>
            <translation>规则为类别 0 至 4 标注了 {counts} 天。</translation>
        </message>
        <message>
            <source>The rule whose counts come nearest to the founding paper's</source>
            <translation>计数最接近原论文的规则</translation>
        </message>
        <message>
            <source>The run was trained on these days, or may know something of them: right answers prove nothing</source>
            <translation>运行用这些日子训练过，或可能已知其部分信息：答对不说明任何问题</translation>
        </message>
        <message>
            <source>The run was trained with the labels of {day}; days with another label today: {count}.</source>
            <translation>该运行按 {day} 的标注训练；今天标注不同的日子：{count} 天。</translation>
        </message>
        <message>
            <source>The run was trained with the labels of {day}; today's are the same.</source>
            <translation>该运行按 {day} 的标注训练；今天的标注与之相同。</translation>
        </message>
        <message>
            <source>The same seed on the same data gives the same run</source>
            <translation>相同数据和相同种子得到相同的运行</translation>
        </message>
        <message>
            <source>The season is being computed.</source>
            <translation>正在计算观测季。</translation>
        </message>
        <message>
            <source>The season was computed anew meanwhile; no animation was written. Choose its days again.</source>
            <translation>其间时段已重新计算，没有写出动画。请重新选择日期。</translation>
        </message>
        <message>
            <source>The season with signals</source>
            <translation>有信号的时段</translation>
        </message>
        <message>
            <source>The synthetic season without a signal: what the same model says where there is nothing</source>
            <translation>没有信号的合成时段：看同一模型在什么都没有时怎么说</translation>
        </message>
        <message>
            <source>The tables were written to {path}.</source>
            <translation>表格已写入 {path}。</translation>
        </message>
        <message>
            <source>The test under other choices</source>
            <translation>其他选择下的检验</translation>
        </message>
        <message>
            <source>The whole season</source>
            <translation>整个时段</translation>
        </message>
        <message>
            <source>The zone that the table's clock keeps; stamps with an offset ignore it</source>
            <translation>表中时钟所用的时区；自带偏移的时间戳不受影响</translation>
        </message>
        <message>
            <source>Then a lasting step is the new level</source>
            <translation>此后持续的台阶成为新水平</translation>
        </message>
        <message>
            <source>There already</source>
            <translation>已存在</translation>
        </message>
        <message>
            <source>There are no days to label yet; import readings first.</source>
            <translation>还没有可标注的日子；请先导入读数。</translation>
        </message>
        <message>
            <source>There are no earthquakes in this project: days can be labelled by hand, not by rule. Import a catalogue.</source>
            <translation>本项目中没有地震：可以手工标注，但不能按规则标注。请导入地震目录。</translation>
        </message>
        <message>
            <source>There are no earthquakes to label by; import a catalogue first.</source>
            <translation>没有可据以标注的地震；请先导入目录。</translation>
        </message>
        <message>
            <source>There is no day that both have labelled.</source>
            <translation>没有两人都标注过的日子。</translation>
        </message>
        <message>
            <source>There is no time zone of this name.</source>
            <translation>没有这个名称的时区。</translation>
        </message>
        <message>
            <source>There was no jump to go back from.</source>
            <translation>没有可返回的跳转。</translation>
        </message>
        <message>
            <source>They agree on {agreed} of {days} days that both have labelled.</source>
            <translation>两人都标注的 {days} 天中，{agreed} 天一致。</translation>
        </message>
        <message>
            <source>This day lies outside the season window, so it can be neither shown nor settled here.</source>
            <translation>这一天在时段之外，此处既不能显示也不能商定。</translation>
        </message>
        <message>
            <source>This folder cannot be looked into, or its name is too long; choose another one.</source>
            <translation>无法查看该文件夹，或其名称过长；请另选一个。</translation>
        </message>
        <message>
            <source>This folder is not empty; choose a new one.</source>
            <translation>此文件夹不是空的；请另选一个。</translation>
        </message>
        <message>
            <source>This is the null season: no signal was put in, and what the model says of it shows what it says by luck. The season beside it has signals.</source>
            <translation>这是无信号时段：没有加入任何信号，模型在此的预测只反映偶然。旁边的时段有信号。</translation>
        </message>
        <message>
            <source>This project has no readings yet: import some to begin.</source>
            <translation>本项目还没有读数：请先导入。</translation>
        </message>
        <message>
            <source>This project is open for reading only, so nothing can be labelled in it.</source>
            <translation>此项目以只读方式打开，不能标注。</translation>
        </message>
        <message>
            <source>This project is open for reading only: everything can be looked at, nothing can be labelled or changed.</source>
            <translation>本项目以只读方式打开：可以查看一切，但不能标注或更改。</translation>
        </message>
        <message>
            <source>This season is a single day, so there is nothing to walk through: import more readings, or move its days.</source>
            <translation>时段只有一天，无法逐日浏览：请导入更多读数，或调整时段的起止日期。</translation>
        </message>
        <message>
            <source>Those outside the selection can be listed too</source>
            <translation>选择范围之外的也可以列出</translation>
        </message>
        <message>
            <source>Threshold line</source>
            <translation>阈值线</translation>
        </message>
        <message>
            <source>Threshold of a station (z)</source>
            <translation>台站阈值（z）</translation>
        </message>
        <message>
            <source>Threshold of regions (z)</source>
            <translation>区域阈值（z）</translation>
        </message>
        <message>
            <source>Time ({zone})</source>
            <translation>时间（{zone}）</translation>
        </message>
        <message>
            <source>Time is written</source>
            <translation>时间写法</translation>
        </message>
        <message>
            <source>Time zone</source>
            <translation>时区</translation>
        </message>
        <message>
            <source>Time zone of the file</source>
            <translation>文件的时区</translation>
        </message>
        <message>
            <source>Time zone of the log, such as UTC+8 or Asia/Shanghai; UTC if empty</source>
            <translation>记录的时区，如 UTC+8 或 Asia/Shanghai；留空为 UTC</translation>
        </message>
        <message>
            <source>Time zone of the table</source>
            <translation>表格的时区</translation>
        </message>
        <message>
            <source>Time zone, as the file says if empty</source>
            <translation>时区；留空则以文件所写为准</translation>
        </message>
        <message>
            <source>Timeline</source>
            <translation>时间轴</translation>
        </message>
        <message>
            <source>To day</source>
            <translation>截止日</translation>
        </message>
        <message>
            <source>To the review and back</source>
            <translation>进入会商或返回</translation>
        </message>
        <message>
            <source>To the trash</source>
            <translation>移到回收站</translation>
        </message>
        <message>
            <source>Tool bar</source>
            <translation>工具栏</translation>
        </message>
        <message>
            <source>Train a network first.</source>
            <translation>请先训练网络。</translation>
        </message>
        <message>
            <source>Train a new run by the same recipe on the labels in force now</source>
            <translation>按同一配方，用现行标注训练一个新的运行</translation>
        </message>
        <message>
            <source>Train in</source>
            <translation>训练于</translation>
        </message>
        <message>
            <source>Train on the labels in force; the window stays free</source>
            <translation>用有效标注训练；窗口仍可使用</translation>
        </message>
        <message>
            <source>Train, and compare runs</source>
            <translation>训练并比较训练记录</translation>
        </message>
        <message>
            <source>Training</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>Training runs in a process of its own, which may use another Python</source>
            <translation>训练在独立进程中进行，可以使用另一个 Python</translation>
        </message>
        <message>
            <source>Training stops earlier when the validation loss no longer falls</source>
            <translation>验证损失不再下降时提前停止训练</translation>
        </message>
        <message>
            <source>Train…</source>
            <translation>训练…</translation>
        </message>
        <message>
            <source>Trash</source>
            <translation>回收站</translation>
        </message>
        <message>
            <source>Try it</source>
            <translation>试一试</translation>
        </message>
        <message>
            <source>Two columns say the same of the same station.</source>
            <translation>两列对同一台站的含义相同。</translation>
        </message>
        <message>
            <source>Two side by side</source>
            <translation>两日对比</translation>
        </message>
        <message>
            <source>Uncertain prediction</source>
            <translation>预测不确定</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>撤销</translation>
        </message>
        <message>
            <source>Undo import</source>
            <translation>撤销导入</translation>
        </message>
        <message>
            <source>Undo it?</source>
            <translation>要撤销吗？</translation>
        </message>
        <message>
            <source>Undoing an import</source>
            <translation>正在撤销导入</translation>
        </message>
        <message>
            <source>Undone: {what}.</source>
            <translation>已撤销：{what}。</translation>
        </message>
        <message>
            <source>Unit</source>
            <translation>单位</translation>
        </message>
        <message>
            <source>Unit of the values</source>
            <translation>数值的单位</translation>
        </message>
        <message>
            <source>Unknown error</source>
            <translation>未知错误</translation>
        </message>
        <message>
            <source>Unlabelled</source>
            <translation>未标注</translation>
        </message>
        <message>
            <source>Use this run for the timeline and the day panel</source>
            <translation>在时间线和日面板中使用此运行</translation>
        </message>
        <message>
            <source>User's guide</source>
            <translation>用户指南</translation>
        </message>
        <message>
            <source>Value under the cursor</source>
            <translation>光标处的数值</translation>
        </message>
        <message>
            <source>Versions, sizes and the last lines of the log; no names, notes or paths</source>
            <translation>版本、规模和日志的最后几行；不含姓名、备注和路径</translation>
        </message>
        <message>
            <source>View</source>
            <translation>视图</translation>
        </message>
        <message>
            <source>Walk and play through these days only (F)</source>
            <translation>只浏览和播放这些日期（F）</translation>
        </message>
        <message>
            <source>Walk only through…</source>
            <translation>只浏览…</translation>
        </message>
        <message>
            <source>Walk through all days</source>
            <translation>浏览所有日期</translation>
        </message>
        <message>
            <source>Walk through the days (Space)</source>
            <translation>逐日播放（空格）</translation>
        </message>
        <message>
            <source>Walk through the days and label them</source>
            <translation>逐日查看并标注</translation>
        </message>
        <message>
            <source>West (°)</source>
            <translation>西（°）</translation>
        </message>
        <message>
            <source>What a stamp marks of the interval that its value stands for</source>
            <translation>时间戳标记数值所代表时段的哪一处</translation>
        </message>
        <message>
            <source>What an anomaly is a departure from</source>
            <translation>异常相对于什么</translation>
        </message>
        <message>
            <source>What becomes of it</source>
            <translation>处理结果</translation>
        </message>
        <message>
            <source>What lies beyond takes the colour of the end</source>
            <translation>超出部分取端点颜色</translation>
        </message>
        <message>
            <source>What stands behind the convolutions</source>
            <translation>卷积层之后的部分</translation>
        </message>
        <message>
            <source>What the network looked at</source>
            <translation>网络所关注的区域</translation>
        </message>
        <message>
            <source>What the network looked at: {name}</source>
            <translation>模型关注之处：{name}</translation>
        </message>
        <message>
            <source>What the project is called; the folder is named after it</source>
            <translation>项目的名称；文件夹以此命名</translation>
        </message>
        <message>
            <source>What the worker said; it can be copied</source>
            <translation>训练进程的输出；可以复制</translation>
        </message>
        <message>
            <source>What this import brought counts again</source>
            <translation>此次导入的内容重新有效</translation>
        </message>
        <message>
            <source>What this import brought no longer counts; nothing is deleted</source>
            <translation>此次导入的内容不再有效；不会删除任何数据</translation>
        </message>
        <message>
            <source>What this project lacks</source>
            <translation>本项目缺少什么</translation>
        </message>
        <message>
            <source>What trains and predicts: {device}, {backend} {version}, {precision}</source>
            <translation>用于训练和预测的设备：{device}，{backend} {version}，{precision}</translation>
        </message>
        <message>
            <source>What was written</source>
            <translation>写入的内容</translation>
        </message>
        <message>
            <source>What you saw on this day (kept with your name)</source>
            <translation>您在这一天看到的情况（与您的姓名一同保存）</translation>
        </message>
        <message>
            <source>Where earthquakes are taken from</source>
            <translation>地震取自何处</translation>
        </message>
        <message>
            <source>Where its times name none: UTC+8, Asia/Shanghai; as the file says if empty</source>
            <translation>时刻未写明时区时采用：UTC+8、Asia/Shanghai；留空则以文件所写为准</translation>
        </message>
        <message>
            <source>Where networks train and predict</source>
            <translation>网络在何处训练和预测</translation>
        </message>
        <message>
            <source>Where the project is made: a folder that does not exist yet, or an empty one</source>
            <translation>项目所在的位置：尚不存在的或空的文件夹</translation>
        </message>
        <message>
            <source>Which are listed</source>
            <translation>列出哪些</translation>
        </message>
        <message>
            <source>Which belong to the project</source>
            <translation>哪些属于项目</translation>
        </message>
        <message>
            <source>Which days around an earthquake carry its class</source>
            <translation>地震前后哪些日子带有其类别</translation>
        </message>
        <message>
            <source>Which days come first</source>
            <translation>哪些日在前</translation>
        </message>
        <message>
            <source>Which library computes, where both are installed</source>
            <translation>两者都已安装时由哪个库计算</translation>
        </message>
        <message>
            <source>Whole window</source>
            <translation>整个窗口</translation>
        </message>
        <message>
            <source>Why</source>
            <translation>依据</translation>
        </message>
        <message>
            <source>Widening of the frame, a share of its larger side</source>
            <translation>图框的加宽，占较长边的比例</translation>
        </message>
        <message>
            <source>With a note</source>
            <translation>有备注</translation>
        </message>
        <message>
            <source>With another time zone every day begins at another moment: nights, maps and regions are computed anew. Labels and notes keep their dates, which stand for other hours from now on; runs have seen other maps.</source>
            <translation>换用另一时区后，每天从另一时刻开始：夜间均值、图和极值区域将重新计算。标注和备注保留其日期，但此后对应不同的钟点；已有的运行见过的是另外的图。</translation>
        </message>
        <message>
            <source>With fewer a night is warm-up</source>
            <translation>少于此数的夜间为预热</translation>
        </message>
        <message>
            <source>With less of the night recorded there is no mean</source>
            <translation>记录少于此比例的夜间没有均值</translation>
        </message>
        <message>
            <source>With regions</source>
            <translation>有极值区域</translation>
        </message>
        <message>
            <source>Without coordinates, and so left off the map: {codes}.</source>
            <translation>没有坐标、因而不在图上：{codes}。</translation>
        </message>
        <message>
            <source>Workbook (*.xlsx);;Folder of csv files (*.csv)</source>
            <translation>工作簿 (*.xlsx);;csv 文件夹 (*.csv)</translation>
        </message>
        <message>
            <source>Write "{code}" once into the form of the names, where the station's code stands.</source>
            <translation>请在文件名形式中写一次“{code}”，表示台站代码所在之处。</translation>
        </message>
        <message>
            <source>Write a note</source>
            <translation>写备注</translation>
        </message>
        <message>
            <source>Write the day as 2024-05-09.</source>
            <translation>请把日期写成 2024-05-09。</translation>
        </message>
        <message>
            <source>Write the numbers that stand for no value with commas between them.</source>
            <translation>请用逗号分隔表示缺测的数。</translation>
        </message>
        <message>
            <source>Write the rule's labels as one step that can be undone</source>
            <translation>把规则的标注写为可撤销的一步</translation>
        </message>
        <message>
            <source>Write the run as one file for another institute</source>
            <translation>把运行写为一个文件，供其他机构使用</translation>
        </message>
        <message>
            <source>Write the station code beside each column of values, or say which column holds it.</source>
            <translation>请在每个数值列旁写明台站代码，或指明哪一列是台站代码。</translation>
        </message>
        <message>
            <source>Writing the report</source>
            <translation>正在写报告</translation>
        </message>
        <message>
            <source>Writing the tables</source>
            <translation>正在写表格</translation>
        </message>
        <message>
            <source>Written ({zone})</source>
            <translation>写入时间（{zone}）</translation>
        </message>
        <message>
            <source>Written beside every label and note</source>
            <translation>写在每个标注和备注旁</translation>
        </message>
        <message>
            <source>Written: {what}.</source>
            <translation>已写入：{what}。</translation>
        </message>
        <message>
            <source>X north</source>
            <translation>X 北向</translation>
        </message>
        <message>
            <source>Y east</source>
            <translation>Y 东向</translation>
        </message>
        <message>
            <source>You are labelling blind now; other people's labels stay hidden until you have finished.</source>
            <translation>您正在盲标注；完成之前他人的标注保持隐藏。</translation>
        </message>
        <message>
            <source>You gave this day no label, so there is none of yours to take away.</source>
            <translation>您没有给这一天标注，因此没有可去掉的。</translation>
        </message>
        <message>
            <source>Your label is kept, but another one stays in force: an analyst's counts more than an accepted prediction, a settled one more than both.</source>
            <translation>您的标注已保存，但仍以另一标注为准：分析员的标注优先于采纳的预测，裁定的标注优先于两者。</translation>
        </message>
        <message>
            <source>Your name in the label journal</source>
            <translation>您在标注日志中的姓名</translation>
        </message>
        <message>
            <source>Z down</source>
            <translation>Z 向下</translation>
        </message>
        <message>
            <source>Zero-shot</source>
            <translation>零样本</translation>
        </message>
        <message>
            <source>Zero-shot: trained on simulated seasons only, never on this one</source>
            <translation>零样本：只用模拟时段训练，从未见过本时段</translation>
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
            <source>a change of the training runs</source>
            <translation>训练记录的变化</translation>
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
            <source>a minute ago</source>
            <translation>一分钟前</translation>
        </message>
        <message>
            <source>accepted from a prediction</source>
            <translation>由预测接受</translation>
        </message>
        <message>
            <source>aftershock</source>
            <translation>余震</translation>
        </message>
        <message>
            <source>aftershock of M {magnitude:.1f}, {time}</source>
            <translation>M {magnitude:.1f}（{time}）的余震</translation>
        </message>
        <message>
            <source>all days; accuracy</source>
            <translation>全部天数；准确率</translation>
        </message>
        <message>
            <source>almost perfect</source>
            <translation>几乎完全</translation>
        </message>
        <message>
            <source>and {count} more</source>
            <translation>另有 {count} 个</translation>
        </message>
        <message>
            <source>and {count} more stations</source>
            <translation>以及另外 {count} 个台站</translation>
        </message>
        <message>
            <source>another Python</source>
            <translation>另一个 Python</translation>
        </message>
        <message>
            <source>any</source>
            <translation>不限</translation>
        </message>
        <message>
            <source>around a place</source>
            <translation>某地周围</translation>
        </message>
        <message>
            <source>as found there</source>
            <translation>由那里决定</translation>
        </message>
        <message>
            <source>as in 2022-02-01 00:15:00 (ISO 8601)</source>
            <translation>如 2022-02-01 00:15:00（ISO 8601）</translation>
        </message>
        <message>
            <source>as published: flatten, then dense layers</source>
            <translation>如论文：展平，然后全连接层</translation>
        </message>
        <message>
            <source>as usual for the cadence</source>
            <translation>按采样间隔的惯例</translation>
        </message>
        <message>
            <source>best</source>
            <translation>最佳</translation>
        </message>
        <message>
            <source>by an analyst</source>
            <translation>由分析员</translation>
        </message>
        <message>
            <source>by rule, retrospective</source>
            <translation>按规则，回溯</translation>
        </message>
        <message>
            <source>cleared</source>
            <translation>已清除</translation>
        </message>
        <message>
            <source>coordinates of {stations}</source>
            <translation>台站 {stations} 的坐标</translation>
        </message>
        <message>
            <source>d</source>
            <translation>天</translation>
        </message>
        <message>
            <source>day {number}</source>
            <translation>第 {number} 天</translation>
        </message>
        <message>
            <source>days as MATLAB counts them</source>
            <translation>MATLAB 日序号</translation>
        </message>
        <message>
            <source>days as a spreadsheet counts them</source>
            <translation>电子表格日序号</translation>
        </message>
        <message>
            <source>days of the class; recall</source>
            <translation>该类天数；召回率</translation>
        </message>
        <message>
            <source>days predicted as the class; precision</source>
            <translation>预测为该类的天数；精确率</translation>
        </message>
        <message>
            <source>default {value}</source>
            <translation>默认 {value}</translation>
        </message>
        <message>
            <source>definitive</source>
            <translation>最终</translation>
        </message>
        <message>
            <source>difference from a reference station</source>
            <translation>与参考台站之差</translation>
        </message>
        <message>
            <source>difference from the night before</source>
            <translation>与前一夜之差</translation>
        </message>
        <message>
            <source>direction {side}</source>
            <translation>方位 {side}</translation>
        </message>
        <message>
            <source>drop none</source>
            <translation>不去除</translation>
        </message>
        <message>
            <source>e.g. -1, 9999.9</source>
            <translation>例如 -1, 9999.9</translation>
        </message>
        <message>
            <source>earthquakes</source>
            <translation>地震</translation>
        </message>
        <message>
            <source>earthquakes of an earlier version of the program</source>
            <translation>程序早期版本中的地震</translation>
        </message>
        <message>
            <source>event</source>
            <translation>有震</translation>
        </message>
        <message>
            <source>everywhere</source>
            <translation>任何地方</translation>
        </message>
        <message>
            <source>fair</source>
            <translation>尚可</translation>
        </message>
        <message>
            <source>false alarm</source>
            <translation>虚报</translation>
        </message>
        <message>
            <source>finished</source>
            <translation>已完成</translation>
        </message>
        <message>
            <source>first principal component taken out</source>
            <translation>去除第一主成分</translation>
        </message>
        <message>
            <source>found by the program</source>
            <translation>由程序判断</translation>
        </message>
        <message>
            <source>from here on</source>
            <translation>由此开始</translation>
        </message>
        <message>
            <source>images/s</source>
            <translation>图/秒</translation>
        </message>
        <message>
            <source>in a box</source>
            <translation>方框内</translation>
        </message>
        <message>
            <source>in force</source>
            <translation>有效</translation>
        </message>
        <message>
            <source>in place {days} d</source>
            <translation>原地 {days} 天</translation>
        </message>
        <message>
            <source>in sample: the run was trained on this day</source>
            <translation>样本内：运行用这一天训练过</translation>
        </message>
        <message>
            <source>in-sample</source>
            <translation>样本内</translation>
        </message>
        <message>
            <source>inside the network</source>
            <translation>台网内</translation>
        </message>
        <message>
            <source>just now</source>
            <translation>刚刚</translation>
        </message>
        <message>
            <source>kept</source>
            <translation>保留</translation>
        </message>
        <message>
            <source>kept, north</source>
            <translation>保留，北</translation>
        </message>
        <message>
            <source>kept, south</source>
            <translation>保留，南</translation>
        </message>
        <message>
            <source>label taken away</source>
            <translation>去掉标注</translation>
        </message>
        <message>
            <source>label taken away {when}</source>
            <translation>取消标注{when}</translation>
        </message>
        <message>
            <source>label {classes} {when}</source>
            <translation>标注 {classes}{when}</translation>
        </message>
        <message>
            <source>leave-one-out error {error:.2f} {unit} ({code})</source>
            <translation>留一误差 {error:.2f} {unit}（{code}）</translation>
        </message>
        <message>
            <source>left out</source>
            <translation>未使用</translation>
        </message>
        <message>
            <source>list of stations</source>
            <translation>台站列表</translation>
        </message>
        <message>
            <source>measured: the fastest</source>
            <translation>实测：最快</translation>
        </message>
        <message>
            <source>milliseconds since 1970</source>
            <translation>1970 年起的毫秒数</translation>
        </message>
        <message>
            <source>moderate</source>
            <translation>中等</translation>
        </message>
        <message>
            <source>more with magnitude</source>
            <translation>随震级增多</translation>
        </message>
        <message>
            <source>no better than chance</source>
            <translation>不优于偶然</translation>
        </message>
        <message>
            <source>no day: others won them</source>
            <translation>无日子：被其他地震占去</translation>
        </message>
        <message>
            <source>no earthquake</source>
            <translation>无地震</translation>
        </message>
        <message>
            <source>no map on this day</source>
            <translation>当天无图</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>none yet</source>
            <translation>尚无</translation>
        </message>
        <message>
            <source>north</source>
            <translation>北</translation>
        </message>
        <message>
            <source>not used</source>
            <translation>不使用</translation>
        </message>
        <message>
            <source>note</source>
            <translation>备注</translation>
        </message>
        <message>
            <source>note {when}</source>
            <translation>备注{when}</translation>
        </message>
        <message>
            <source>nothing recorded</source>
            <translation>无记录</translation>
        </message>
        <message>
            <source>off</source>
            <translation>关</translation>
        </message>
        <message>
            <source>on</source>
            <translation>开</translation>
        </message>
        <message>
            <source>on {count} days, {first} to {last}</source>
            <translation>（{first} 至 {last}，共 {count} 天）</translation>
        </message>
        <message>
            <source>on {day}</source>
            <translation>（{day}）</translation>
        </message>
        <message>
            <source>one label by the rule</source>
            <translation>1 个规则标注</translation>
        </message>
        <message>
            <source>one label by {author}</source>
            <translation>{author} 的 1 个标注</translation>
        </message>
        <message>
            <source>one label taken away by {author}</source>
            <translation>{author} 取消的 1 个标注</translation>
        </message>
        <message>
            <source>one new day</source>
            <translation>1 个新日期</translation>
        </message>
        <message>
            <source>one note</source>
            <translation>1 条备注</translation>
        </message>
        <message>
            <source>one prediction</source>
            <translation>1 个预测</translation>
        </message>
        <message>
            <source>other earthquakes</source>
            <translation>新的地震目录</translation>
        </message>
        <message>
            <source>other readings on one day</source>
            <translation>1 天的观测数据变化</translation>
        </message>
        <message>
            <source>other readings on {count} days</source>
            <translation>{count} 天的观测数据变化</translation>
        </message>
        <message>
            <source>other readings or parameters</source>
            <translation>观测数据或参数的变化</translation>
        </message>
        <message>
            <source>out of fold: the run had not seen this day</source>
            <translation>折外：运行未见过这一天</translation>
        </message>
        <message>
            <source>out-of-fold</source>
            <translation>折外</translation>
        </message>
        <message>
            <source>outside the area</source>
            <translation>在范围之外</translation>
        </message>
        <message>
            <source>outside the dates</source>
            <translation>在日期之外</translation>
        </message>
        <message>
            <source>outside the season</source>
            <translation>在观测季之外</translation>
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
            <source>predicted: {name}</source>
            <translation>预测：{name}</translation>
        </message>
        <message>
            <source>prospective</source>
            <translation>前瞻</translation>
        </message>
        <message>
            <source>prospective: issued before it was known</source>
            <translation>前瞻：在已知之前发布</translation>
        </message>
        <message>
            <source>provisional</source>
            <translation>临时</translation>
        </message>
        <message>
            <source>quakegui could not start: {error} Nothing was changed. The log is in {folder}.</source>
            <translation>quakegui 无法启动：{error} 未作任何更改。日志位于 {folder}。</translation>
        </message>
        <message>
            <source>quakegui {version}

Daily anomaly maps of a geomagnetic network, labels, and a network trained on them.

No method is known that predicts earthquakes reliably. What this program shows is how good its predictions really were, next to chance and to simpler methods.</source>
            <translation>quakegui {version}

地磁台网的逐日异常图、标注，以及据此训练的网络。

目前没有已知的方法能可靠地预测地震。本程序所显示的，是其预测与偶然及更简单方法相比究竟有多好。</translation>
        </message>
        <message>
            <source>quasi-definitive</source>
            <translation>准最终</translation>
        </message>
        <message>
            <source>readings</source>
            <translation>读数</translation>
        </message>
        <message>
            <source>readings of {station} removed</source>
            <translation>移除台站 {station} 的观测数据</translation>
        </message>
        <message>
            <source>region {id}, day {duration} in place</source>
            <translation>极值区域 {id}，原地持续第 {duration} 天</translation>
        </message>
        <message>
            <source>registered until {date}</source>
            <translation>注册至 {date}</translation>
        </message>
        <message>
            <source>robust regression on the other stations</source>
            <translation>对其他台站的稳健回归</translation>
        </message>
        <message>
            <source>seconds since 1970</source>
            <translation>1970 年起的秒数</translation>
        </message>
        <message>
            <source>settled</source>
            <translation>已商定</translation>
        </message>
        <message>
            <source>slight</source>
            <translation>轻微</translation>
        </message>
        <message>
            <source>south</source>
            <translation>南</translation>
        </message>
        <message>
            <source>spikes left out</source>
            <translation>已剔除尖峰</translation>
        </message>
        <message>
            <source>station code</source>
            <translation>台站代码</translation>
        </message>
        <message>
            <source>still open at the end</source>
            <translation>结束时仍未关闭</translation>
        </message>
        <message>
            <source>stopped; can go on</source>
            <translation>已停止；可继续</translation>
        </message>
        <message>
            <source>stormy night</source>
            <translation>磁暴之夜</translation>
        </message>
        <message>
            <source>substantial</source>
            <translation>较强</translation>
        </message>
        <message>
            <source>table of readings</source>
            <translation>读数表格</translation>
        </message>
        <message>
            <source>test</source>
            <translation>测试</translation>
        </message>
        <message>
            <source>the Python that runs this window</source>
            <translation>运行本窗口的 Python</translation>
        </message>
        <message>
            <source>the end of its interval</source>
            <translation>时段的结束</translation>
        </message>
        <message>
            <source>the larger earthquake</source>
            <translation>较大的地震</translation>
        </message>
        <message>
            <source>the later earthquake</source>
            <translation>较晚的地震</translation>
        </message>
        <message>
            <source>the median magnitude</source>
            <translation>震级中位数</translation>
        </message>
        <message>
            <source>the middle of its interval</source>
            <translation>时段的中点</translation>
        </message>
        <message>
            <source>the night is not over</source>
            <translation>该夜尚未结束</translation>
        </message>
        <message>
            <source>the same for all</source>
            <translation>全部相同</translation>
        </message>
        <message>
            <source>the start of its interval</source>
            <translation>时段的开始</translation>
        </message>
        <message>
            <source>time, or a part of it</source>
            <translation>时间或其一部分</translation>
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
            <source>too small</source>
            <translation>太小</translation>
        </message>
        <message>
            <source>training</source>
            <translation>训练</translation>
        </message>
        <message>
            <source>true: {name}</source>
            <translation>真实：{name}</translation>
        </message>
        <message>
            <source>undone by {author}, {time}</source>
            <translation>{author} 于 {time} 撤销</translation>
        </message>
        <message>
            <source>unfinished</source>
            <translation>未完成</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>未知</translation>
        </message>
        <message>
            <source>validation</source>
            <translation>验证</translation>
        </message>
        <message>
            <source>variation</source>
            <translation>变化</translation>
        </message>
        <message>
            <source>within distance and days</source>
            <translation>距离与天数之内</translation>
        </message>
        <message>
            <source>{chosen} of {all} earthquakes are in the selection; {kept} are kept, {dropped} are aftershocks.</source>
            <translation>{all} 次地震中有 {chosen} 次在选择范围内；保留 {kept} 次，余震 {dropped} 次。</translation>
        </message>
        <message>
            <source>{code} needs both latitude and longitude, or neither.</source>
            <translation>{code} 需要同时有纬度和经度，或都没有。</translation>
        </message>
        <message>
            <source>{command}: {what}</source>
            <translation>{command}：{what}</translation>
        </message>
        <message>
            <source>{count} days</source>
            <translation>{count} 天</translation>
        </message>
        <message>
            <source>{count} days ({first} to {last})</source>
            <translation>{count} 天（{first} 至 {last}）</translation>
        </message>
        <message>
            <source>{count} days were answered more than a day late.</source>
            <translation>有 {count} 天的预测晚于一天以上才发布。</translation>
        </message>
        <message>
            <source>{count} days were predicted by registered runs.</source>
            <translation>已注册的运行预测了 {count} 天。</translation>
        </message>
        <message>
            <source>{count} days, {first} to {last}, are now labelled {names}.</source>
            <translation>{first} 至 {last} 共 {count} 天已标注为 {names}。</translation>
        </message>
        <message>
            <source>{count} days, {first} to {last}: another label stays in force, because it counts more.</source>
            <translation>{first} 至 {last} 共 {count} 天：仍以优先级更高的另一标注为准。</translation>
        </message>
        <message>
            <source>{count} days: {truth}, predicted {answer}. Arrow keys walk, 0 to 4 relabel the one in the frame.</source>
            <translation>{count} 天：{truth}，预测为{answer}。方向键移动，0 至 4 改标加框的一天。</translation>
        </message>
        <message>
            <source>{count} days; click to see their maps</source>
            <translation>{count} 天；点击查看其图像</translation>
        </message>
        <message>
            <source>{count} earthquakes</source>
            <translation>{count} 次地震</translation>
        </message>
        <message>
            <source>{count} earthquakes from {files}</source>
            <translation>{files} 中的 {count} 次地震</translation>
        </message>
        <message>
            <source>{count} earthquakes in {file}</source>
            <translation>{file} 中的 {count} 次地震</translation>
        </message>
        <message>
            <source>{count} earthquakes, {leads} days after the opening</source>
            <translation>{count} 次地震，开启后 {leads} 天</translation>
        </message>
        <message>
            <source>{count} hours ago</source>
            <translation>{count} 小时前</translation>
        </message>
        <message>
            <source>{count} labels by the rule</source>
            <translation>{count} 个规则标注</translation>
        </message>
        <message>
            <source>{count} labels by {author}</source>
            <translation>{author} 的 {count} 个标注</translation>
        </message>
        <message>
            <source>{count} labels taken away by {author}</source>
            <translation>{author} 取消的 {count} 个标注</translation>
        </message>
        <message>
            <source>{count} minutes ago</source>
            <translation>{count} 分钟前</translation>
        </message>
        <message>
            <source>{count} missing</source>
            <translation>缺测 {count} 个</translation>
        </message>
        <message>
            <source>{count} more are looked into when they are imported.</source>
            <translation>另有 {count} 个在导入时查看。</translation>
        </message>
        <message>
            <source>{count} new days</source>
            <translation>{count} 个新日期</translation>
        </message>
        <message>
            <source>{count} new days were predicted.</source>
            <translation>已预测 {count} 个新的日期。</translation>
        </message>
        <message>
            <source>{count} notes</source>
            <translation>{count} 条备注</translation>
        </message>
        <message>
            <source>{count} of {all} stations have coordinates; a day map needs three at different places. Series, timeline and labels work without.</source>
            <translation>{all} 个台站中有 {count} 个有坐标；日图需要三个位置不同的台站。曲线、时间轴和标注不受影响。</translation>
        </message>
        <message>
            <source>{count} of {all} stations have no coordinates and are left out of the maps: {codes}.</source>
            <translation>{all} 个台站中有 {count} 个没有坐标，未画入图中：{codes}。</translation>
        </message>
        <message>
            <source>{count} predictions</source>
            <translation>{count} 个预测</translation>
        </message>
        <message>
            <source>{count} readings from {files}</source>
            <translation>{files} 中的 {count} 个观测值</translation>
        </message>
        <message>
            <source>{count} stations were read; Save keeps them.</source>
            <translation>读取了 {count} 个台站；点保存即可保留。</translation>
        </message>
        <message>
            <source>{days} days, not in training</source>
            <translation>{days} 天，不在训练中</translation>
        </message>
        <message>
            <source>{device} · {backend} {version} · {precision}</source>
            <translation>{device} · {backend} {version} · {precision}</translation>
        </message>
        <message>
            <source>{files} files seen, {out} of them will be left out.</source>
            <translation>查看了 {files} 个文件，其中 {out} 个不会导入。</translation>
        </message>
        <message>
            <source>{folds} folds, {days} training days in all</source>
            <translation>{folds} 折，训练共 {days} 天次</translation>
        </message>
        <message>
            <source>{hits} of {events} earthquakes in {share} of the time</source>
            <translation>{share} 的时间内命中 {events} 次地震中的 {hits} 次</translation>
        </message>
        <message>
            <source>{kept} earthquakes are in the project. Apply the label rule again to label by them.</source>
            <translation>项目中有 {kept} 次地震。请重新应用标注规则以按其标注。</translation>
        </message>
        <message>
            <source>{kind} (run {run})</source>
            <translation>{kind}（运行 {run}）</translation>
        </message>
        <message>
            <source>{km:.0f} km from the centre</source>
            <translation>距中心 {km:.0f} km</translation>
        </message>
        <message>
            <source>{km:.0f} km outside</source>
            <translation>台网外 {km:.0f} km</translation>
        </message>
        <message>
            <source>{minutes:.0f} min left</source>
            <translation>剩余 {minutes:.0f} 分钟</translation>
        </message>
        <message>
            <source>{new} files imported, {same} were there already, {out} left out. {days} days are new or changed.</source>
            <translation>导入 {new} 个文件，{same} 个已存在，{out} 个未导入。{days} 天为新增或有变化。</translation>
        </message>
        <message>
            <source>{others} and {last}</source>
            <translation>{others}和 {last}</translation>
        </message>
        <message>
            <source>{parameters} parameters, {phases} trainings</source>
            <translation>{parameters} 个参数，{phases} 次训练</translation>
        </message>
        <message>
            <source>{path} could not be written: {why}</source>
            <translation>无法写入 {path}：{why}</translation>
        </message>
        <message>
            <source>{path} could not be written; is the folder writable, and the disk not full?</source>
            <translation>无法写入 {path}；文件夹可写吗？磁盘满了吗？</translation>
        </message>
        <message>
            <source>{phase}, epoch {epoch}</source>
            <translation>{phase}，第 {epoch} 轮</translation>
        </message>
        <message>
            <source>{post} of the {positive} days with a class became known only after their earthquake: they cannot be predictions.</source>
            <translation>{positive} 个有类别的日子中，有 {post} 个在地震之后才可知：它们不能算预测。</translation>
        </message>
        <message>
            <source>{present} of {all} stations have an anomaly</source>
            <translation>{all} 个台站中有 {present} 个有异常值</translation>
        </message>
        <message>
            <source>{present} of {count} stations</source>
            <translation>{count} 个台站中 {present} 个有值</translation>
        </message>
        <message>
            <source>{seconds:.0f} s left</source>
            <translation>剩余 {seconds:.0f} 秒</translation>
        </message>
        <message>
            <source>{speed:g} days/s</source>
            <translation>{speed:g} 天/秒</translation>
        </message>
        <message>
            <source>{target}: all classes</source>
            <translation>{target}：全部类别</translation>
        </message>
        <message>
            <source>{text} is no elevation: metres from -500 to 9000, or nothing.</source>
            <translation>{text} 不是高程：-500 至 9000 米，或留空。</translation>
        </message>
        <message>
            <source>{text} is no latitude: degrees north from -90 to 90, such as 28.1.</source>
            <translation>{text} 不是纬度：北纬 -90 至 90 度，如 28.1。</translation>
        </message>
        <message>
            <source>{text} is no longitude: degrees east from -180 to 360, such as 102.16.</source>
            <translation>{text} 不是经度：东经 -180 至 360 度，如 102.16。</translation>
        </message>
        <message>
            <source>{what} came in from another program.</source>
            <translation>来自另一个程序：{what}。</translation>
        </message>
        <message>
            <source>{who} labelled {days} as class {classes} {when}, and you have not seen it yet.</source>
            <translation>{who} {when}将 {days} 标注为 {classes} 类，您还没有看到。</translation>
        </message>
        <message>
            <source>{who} wrote a note on {days} {when}, and you have not seen it yet.</source>
            <translation>{who} {when}为 {days} 写了备注，您还没有看到。</translation>
        </message>
        <message>
            <source>{zone}, {offset}; a day begins at 00:00, its night is {start}–{end}</source>
            <translation>{zone}，{offset}；一天从 00:00 开始，夜间为 {start}–{end}</translation>
        </message>
        <message>
            <source>“{work}” is still running. Stop it and close the project?</source>
            <translation>“{work}”仍在进行。要停止并关闭项目吗？</translation>
        </message>
    </context>
</TS>
