"""The sentences and headings of reports, in Chinese and in English, side by side. Pure.

Blanks are filled in by `Words` of wording.py; a phrase has the same blanks in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]  # Chinese, English

PHRASES: Mapping[str, Pair] = {
    "title": ("问政评测报告", "wenzheng evaluation report"),
    "pair": ("{name}：{value}", "{name}: {value}"),
    "subtitle": ("{split} 题 {n} 道，答题：{answerer}", "{n} {split} questions, answered by {answerer}"),
    "contents": ("目录", "Contents"),
    # ── what was run
    "about": ("这次评测", "This run"),
    "questions": ("题目", "Questions"),
    "questions_are": ("{split}，{n} 题，sha256 {digest}", "{split}, {n}, sha256 {digest}"),
    "answerer": ("答题", "Answerer"),
    "library": ("库", "Library"),
    "library_is": ("{id}（{counts}；{embedder}；{tokeniser}）", "{id} ({counts}; {embedder}; {tokeniser})"),
    "documents": ("{n} 份文件", "{n} documents"),
    "notices": ("{n} 件公文", "{n} notices"),
    "chunks": ("{n} 段", "{n} chunks"),
    "k": ("每题取", "Passages a question"),
    "k_is": ("{k} 段", "{k}"),
    "date": ("时间", "Date"),
    "unrecorded": ("未记录", "not recorded"),
    "took": ("用时", "Time taken"),
    "took_is": (
        "{seconds:.1f} 秒，{jobs} 个进程，内存峰值 {mb:.0f} MB",
        "{seconds:.1f} s, processes: {jobs}, peak memory {mb:.0f} MB",
    ),
    "settings": ("设置", "Settings"),
    "prompts": ("提示词", "Prompts"),
    "versions": ("版本", "Versions"),
    "fingerprint": ("指纹", "Fingerprint"),
    # ── figures
    "headlines": ("主要结果", "Headline figures"),
    "metrics": ("全部指标", "All metrics"),
    "confidence": ("信心", "Confidence"),
    "metric": ("指标", "Metric"),
    "value": ("值", "Value"),
    "interval": ("95% 区间", "95% interval"),
    "n": ("题数", "n"),
    "meaning": ("说明", "Meaning"),
    "interval_is": ("95% 区间 {interval}", "95% interval {interval}"),
    "n_is": ("{n} 题", "n = {n}"),
    "not_applicable": ("没有适用的题。", "No metric applies to any question."),
    "withheld": ("未通过自检，不显示", "failed its self-test, not shown"),
    "withheld_why": ("未通过自检，不显示：{reason}", "failed its self-test, not shown: {reason}"),
    "withheld_whose": (
        "“{metric}”未通过自检，不显示：{reason}",
        "“{metric}” failed its self-test, not shown: {reason}",
    ),
    "withheld_head": ("未通过自检的指标", "Metrics that failed their self-test"),
    "withheld_note": (
        "下列指标算错了已知答案的例题，本报告不显示它们的任何数值。",
        "These metrics got examples with known answers wrong; this report shows no value of them.",
    ),
    "rests_on": (
        "它由“{metric}”算出，而“{metric}”未通过自检",
        "it is worked out from “{metric}”, which failed its self-test",
    ),
    "near_zero": ("应当接近零的比例", "Rates that should be near zero"),
    "near_zero_note": (
        "一次也没有出现，不等于不会出现。上限是 95% 区间的高端：真实比例更可能在它以下。",
        "Never seen is not never. The upper bound is the high end of the 95% interval."
        " The true rate is likely below it.",
    ),
    "times": ("次数", "Times"),
    "times_is": ("{count} / {n} 题", "{count} of {n}"),
    "upper_bound": ("上限", "Upper bound"),
    "upper_bound_is": ("真实比例的上限 {high}", "true rate at most {high}"),
    # ── groups
    "groups": ("分组", "By group"),
    "groups_note": (
        "题数少的组区间很宽，两组的区间大幅重叠时，不能说谁高谁低。",
        "Intervals of small groups are wide; where two overlap widely, neither can be called better.",
    ),
    "all": ("全部", "all"),
    "by": ("按{group}", "By {group}"),
    # ── plots
    "plots": ("图", "Plots"),
    "numbers": ("图中数值", "The numbers"),
    "share": ("比例", "share"),
    "plot_group": ("各组的“{metric}”", "“{metric}” by group"),
    "plot_group_is": (
        "每组一条，横线是 95% 区间，右边是值与题数。全部题为 {value}。",
        "One bar a group; the line is its 95% interval, on the right value and n. All questions: {value}.",
    ),
    "plot_recall": ("召回随段数的变化", "Recall by number of passages"),
    "plot_recall_is": (
        "只看第 1 段，检出 {first} 的依据；看前 {k} 段，检出 {last}。浅色带是 95% 区间。",
        "The first passage holds {first} of the evidence, the first {k} hold {last}. The band is the 95% interval.",
    ),
    "passages_read": ("看前几段", "first k passages"),
    "recall": ("召回", "recall"),
    "plot_reliability": ("信心与实际", "Confidence against fact"),
    "plot_reliability_is": (
        "{n} 道作答的题按信心分成 {bins} 组，各组题数相近。点在斜线上，信心恰当；在下方，过于自信。竖线是 95% 区间。",
        "{n} answered questions in {bins} bins of like size. On the diagonal confidence is just; below it, too high. "
        "Vertical lines are 95% intervals.",
    ),
    "confidence_mean": ("平均信心", "mean confidence"),
    "right_share": ("答对的比例", "share right"),
    "plot_risk": ("只答有把握的题会怎样", "What if only confident answers were given"),
    "plot_risk_is": (
        "{asked} 道题里作答 {n} 道，其中 {whole} 是错的（圆点）。若只放行最有把握的一半答复，{half} 是错的。"
        "各处错误率的平均（面积）{area}，95% 区间 {interval}。",
        "Of {asked} questions {n} were answered, of these {whole} are wrong (the dot). Of the more confident half of "
        "the answers {half} are wrong. The mean over all prefixes, the area, is {area}, 95% interval {interval}.",
    ),
    "coverage": ("作答的题占全部题的比例", "share of the questions answered"),
    "risk": ("答复里错的比例", "share of the answers wrong"),
    "now": ("现在", "now"),
    "now_from": ("门槛 {threshold}", "threshold {threshold}"),
    "plot_refusing": ("多拒一些会怎样", "What if more were refused"),
    "plot_refusing_is": (
        "{unanswerable} 道不能答的题，现在拒答 {rightly}；{answerable} 道能答的题，误拒 {wrongly}（圆点）。"
        "门槛越高，越往右上。斜线是全凭运气。面积 {area}，95% 区间 {interval}。",
        "Of {unanswerable} unanswerable questions {rightly} are refused, of {answerable} answerable ones {wrongly} "
        "(the dot). The higher the threshold, the further right and up. The diagonal is luck alone. Area {area}, "
        "95% interval {interval}.",
    ),
    "wrongly_refused": ("能答的题里误拒的比例", "share of the answerable refused"),
    "rightly_refused": ("不能答的题里拒答的比例", "share of the unanswerable refused"),
    "no_belief": (
        "没有可画的：要有能答和不能答的题，答题程序还要说出它对能不能答的把握。",
        "Nothing to draw: it takes questions of both kinds, and an answerer that tells its belief.",
    ),
    "plot_latency": ("每题用时", "Time a question"),
    "plot_latency_is": (
        "一半的题在 {p50} 毫秒内答完，95% 的题在 {p95} 毫秒内，最慢的一题 {most} 毫秒。横轴为对数刻度。",
        "Half of the questions took up to {p50} ms, 95% up to {p95} ms, the slowest {most} ms. Logarithmic axis.",
    ),
    "ms": ("毫秒", "ms"),
    "done_share": ("已答完的比例", "share done"),
    "nothing_applies": ("没有可画的：没有适用的题。", "Nothing to draw: it applies to no question."),
    "no_confidence": (
        "没有可画的：没有既给出信心、又判了对错的答复。",
        "Nothing to draw: no answer that was judged came with a confidence.",
    ),
    "no_evidence": ("没有可画的：没有能答的题。", "Nothing to draw: no question has evidence."),
    "no_times": ("没有可画的：没有记录用时。", "Nothing to draw: no times were recorded."),
    # ── faults
    "faults": ("没答对的原因", "Why answers are not right"),
    "faults_note": (
        "共 {wrong} 题没答对，每题只记最先符合的一个原因。",
        "{wrong} answers are not right; each counts under the first reason that applies.",
    ),
    "reason": ("原因", "Reason"),
    "none": ("无", "none"),
    "none_judged": ("没有判对错的题。", "No question is judged right or wrong."),
    "all_right": ("全部答对。", "All are right."),
    # ── cases
    "cases": ("逐题", "Case by case"),
    "cases_all": ("全部题", "All questions"),
    "cases_failed": ("没答对的题", "Not right"),
    "cases_astray": ("不判对错、但串了城的题", "Not judged, but of the wrong place"),
    "cases_probes": ("不判对错的题", "Not judged"),
    "cases_right": ("答对的题", "Right"),
    "filter": ("筛选", "Filter"),
    "outcome": ("结果", "Outcome"),
    "any": ("不限", "any"),
    "search": ("题面或编号", "Words or id"),
    "shown": ("显示 {shown} / {n} 题", "{shown} of {n} shown"),
    "open_all": ("全部展开", "Open all"),
    "close_all": ("全部收起", "Close all"),
    "right": ("答对", "right"),
    "unjudged": ("不判", "not judged"),
    "history": ("先前问过", "Asked before"),
    "gold": ("标准答案", "Gold answer"),
    "key_facts": ("要点", "Key facts"),
    "stated": ("已说", "stated"),
    "unstated": ("未说", "not stated"),
    "evidence": ("依据", "Evidence"),
    "found_at": ("第 {rank} 段检出", "found at rank {rank}"),
    "not_found": ("未检出", "not found"),
    "answer": ("答复", "Answer"),
    "length": ("{n} 字", "{n} characters"),
    "length_of": ("{n} 字，至多 {most} 字", "{n} characters, at most {most}"),
    "confidence_is": ("信心 {value}", "confidence {value}"),
    "elapsed": ("{ms:.1f} 毫秒", "{ms:.1f} ms"),
    "answer_is": ("（{status}）{text}", "({status}) {text}"),
    "no_answer": ("（没有文字）", "(no words)"),
    "quoted": ("{where}：“{quote}”", "{where}: “{quote}”"),
    "citations": ("引文", "Citations"),
    "on_evidence": ("与依据重合", "overlaps the evidence"),
    "off_evidence": ("不在依据上", "elsewhere"),
    "lapsed": ("已废止或过期", "repealed or expired"),
    "sentences": ("逐句核验", "Sentence by sentence"),
    "lacking": ("引文里没有：{items}", "not in the quotes: {items}"),
    "passages": ("检出的段落", "Passages found"),
    "passages_more": ("另有 {n} 段未列。", "{n} more are not listed."),
    "holds_evidence": ("含依据", "holds evidence"),
    "score": ("得分 {score:.3f}", "score {score:.3f}"),
    "scores": ("各项分数", "Scores"),
    "listed": ("{heading}（{n} 题）", "{heading} ({n})"),
    # ── foot
    "method": (
        "区间：对题目重抽样 {resamples} 次的百分位自助法；全为 0 或全为 1 时用 Clopper–Pearson 精确区间。"
        "“题数”只计一项指标适用的题。同一次评测总得到同一份报告。",
        "Intervals: percentile bootstrap over the questions, {resamples} resamples; where all values are 0, or all 1, "
        "the exact interval of Clopper and Pearson. n counts the questions to which a metric applies. The same run "
        "gives the same report.",
    ),
}
