package io.nodejoin.testbed.full;

import io.nodejoin.testbed.full.ResultFiles.Newest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The newest figures of the benchmarks. */
final class BenchTables {
    private static final double TO_MILLIS = 1000;

    private BenchTables() {}

    static String latency(Newest newest) {
        return latency(figures(newest)) + measured(newest);
    }

    static String latency(Figures all) {
        return head("", "median of " + all.of("nodejoin").whole("samples"), "lowest", "highest")
                + latency("a kubeadm", all.of("kubeadm"))
                + latency("b lower bound", all.of("floor"))
                + latency("c Nodejoin", all.of("nodejoin"))
                + (all.has("succeeded") ? latency("c to its event of success", all.of("succeeded")) : "")
                + row("c/a", all.decimals(2, "ratioToKubeadm"), "", "")
                + row("c/b", all.decimals(2, "ratioToFloor"), "", "")
                + (all.has("first") ? first(all) : "")
                + (all.has("cost") ? cost(all.of("cost")) : "")
                + row("resident memory of the waiting agent", all.whole("agentMegabytes") + " MB", "", "")
                + row("resident memory of the idle service", all.whole("serviceMegabytes") + " MB", "", "");
    }

    private static String first(Figures all) {
        return row("event of success / Ready", all.decimals(2, "ratioOfSucceeded"), "", "")
                + row("c of the first join after a start", all.of("first").decimals(2, "nodejoin") + " s", "", "")
                + row("the same / c", all.decimals(2, "ratioOfFirst"), "", "");
    }

    private static String cost(Figures cost) {
        return row("Temporal events of a join", cost.whole("temporalEvents"), "", "")
                + row("workflow tasks of a join", cost.whole("workflowTasks"), "", "")
                + row(
                        "activities of a join, and local ones",
                        cost.whole("activities") + ", " + cost.whole("localActivities"),
                        "",
                        "")
                + row("CPU of a join, the service", cost.decimals(2, "serviceCpuSeconds") + " s", "", "")
                + row("CPU of a join, Temporal", cost.decimals(2, "temporalCpuSeconds") + " s", "", "")
                + row("CPU of a join, the agent", cost.decimals(2, "agentCpuSeconds") + " s", "", "");
    }

    private static String latency(String what, Figures series) {
        return row(
                what,
                series.decimals(2, "median") + " s",
                series.decimals(2, "lowest") + " s",
                series.decimals(2, "highest") + " s");
    }

    static String agent(Newest newest) {
        Figures all = figures(newest);
        Figures steps = all.of("prepareStepSeconds");
        List<String> names = steps.names("");
        double others = names.stream().skip(1).mapToDouble(steps::number).sum();
        return head("", "agent", "node_exporter")
                + row(
                        "memory (PSS) while it waits",
                        all.of("agent").decimals(1, "pssMegabytes") + " MB",
                        all.of("nodeExporter").decimals(1, "pssMegabytes") + " MB")
                + row(
                        "CPU in 60 s",
                        all.of("agent").whole("cpuMillis") + " ms",
                        all.of("nodeExporter").whole("cpuMillis") + " ms")
                + row(
                        "start to first connection, median of "
                                + all.of("start").whole("samples"),
                        millis(all.of("start").number("median")),
                        "")
                + row("package", all.decimals(1, "packageMegabytes") + " MB", "")
                + "\n"
                + head("preparation", "")
                + row("of a new host", millis(all.number("prepareSeconds")))
                + row(
                        "of these up to the first step, `%s`: detect and plan".formatted(names.getFirst()),
                        millis(steps.number(names.getFirst())))
                + row("the other steps", millis(others))
                + row("of a prepared host", millis(all.number("prepareAgainSeconds")))
                + measured(newest);
    }

    static String approver(Newest newest) {
        Figures all = figures(newest);
        return head("", "median", "p99")
                + approver("a P-256 request, as kubelets make it", all.of("ecdsa"))
                + approver("an RSA request", all.of("rsa"))
                + approver("the hostile corpus", all.of("hostile"))
                + measured(newest);
    }

    private static String approver(String what, Figures times) {
        return row(what, times.whole("median"), times.whole("p99"));
    }

    static String flood(Newest newest) {
        Figures all = figures(newest);
        return head("", "median", "relative to quiet")
                + row("quiet", millis(all.of("quiet").number("median")), "")
                + row(
                        "while the requests arrive",
                        millis(all.of("flood").number("median")),
                        all.decimals(2, "ratioFlood"))
                + row(
                        "while they are denied",
                        millis(all.of("aftermath").number("median")),
                        all.decimals(2, "ratioAftermath"))
                + measured(newest);
    }

    static String crowd(Newest newest) {
        Figures all = figures(newest);
        String rate = all.whole("perSecond");
        return head("", "p95", "relative to alone")
                + row("alone", all.decimals(2, "idleP95Millis") + " ms", "")
                + crowd("under " + rate + "/s of `/version`", all.of("elsewhere"))
                + crowd("under " + rate + "/s of cluster-info, with the priority level", all.of("with"))
                + crowd("under " + rate + "/s of cluster-info, without it", all.of("without"))
                + measured(newest);
    }

    private static String crowd(String what, Figures reads) {
        return row(what, reads.decimals(2, "p95Millis") + " ms", reads.decimals(2, "ratio"));
    }

    static String storm(Newest newest) {
        return storm(figures(newest)) + measured(newest);
    }

    static String storm(Figures all) {
        Figures cpu = all.of("cpuSeconds");
        Figures peer = all.of("straightLineCpuSeconds");
        return head(all.whole("hosts") + " hosts at once", "Nodejoin", "straight-line client")
                + row(
                        "failed joins, wasted attempts",
                        all.whole("failedJoins") + ", " + all.whole("wastedAttempts"),
                        "")
                + row(
                        "succeeded: first, median, last",
                        all.decimals(1, "firstSeconds") + " s, " + all.decimals(1, "medianSeconds") + " s, "
                                + all.decimals(1, "lastSeconds") + " s",
                        "")
                + row("joins a second", all.decimals(2, "perSecond"), all.decimals(2, "straightLinePerSecond"))
                + row("ratio", all.decimals(2, "ratio"), "")
                + row("CPU of a join: service and Temporal", cpu.decimals(2, "serviceAndTemporal") + " s", "")
                + row("Temporal's database", cpu.decimals(2, "database") + " s", "")
                + row("API server", cpu.decimals(2, "apiServer") + " s", peer.decimals(2, "apiServer") + " s")
                + row("hosts and clients", cpu.decimals(2, "hosts") + " s", peer.decimals(2, "hosts") + " s")
                + row(
                        "API calls of a join without its kubelet's",
                        all.whole("apiCalls"),
                        all.whole("straightLineApiCalls"));
    }

    private static Figures figures(Newest newest) {
        return new Figures(ResultFiles.JSON.valueToTree(newest.result().figures()));
    }

    private static String millis(double seconds) {
        return Math.round(seconds * TO_MILLIS) + " ms";
    }

    private static String head(String... cells) {
        return row(cells) + "|" + "---|".repeat(cells.length) + "\n";
    }

    private static String row(String... cells) {
        return Arrays.stream(cells)
                .map(cell -> cell.isEmpty() ? " |" : " " + cell + " |")
                .collect(Collectors.joining("", "|", "\n"));
    }

    private static String measured(Newest newest) {
        Machine machine = newest.file().machine();
        return "\nMeasured on commit %s by a machine with %d processors, %s.\n"
                .formatted(Results.shortened(newest.commit()), machine.processors(), machine.kernel());
    }
}
