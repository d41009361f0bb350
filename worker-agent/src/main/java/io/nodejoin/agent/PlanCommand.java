package io.nodejoin.agent;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.plan.HostPlan;
import io.nodejoin.agent.plan.PlanReport;
import io.nodejoin.agent.plan.Profile;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;

/** Prints what a join would change on this host before it starts the kubelet. Read-only. */
final class PlanCommand {
    static final String USAGE = "plan [--profile PROFILE] [--output text|json]";

    private final HostPorts host;
    private final PrintStream out;

    PlanCommand(HostPorts host, PrintStream out) {
        this.host = host;
        this.out = out;
    }

    /**
     * Runs the command and returns the exit code 0.
     *
     * @throws IllegalArgumentException for an invalid option
     */
    int run(List<String> words) {
        Options options = Options.parse(words, Set.of("--profile", "--output"));
        Profile profile = Profile.of(options.profile());
        boolean json = options.json("text");
        HostProbe probe = new HostProbe(host, new KubeletBinary(host.commands(), host.files()));
        HostPlan plan = HostPlan.create(profile, probe.snapshot(HostPlan.queries(profile)));
        PlanReport report = new PlanReport(plan);
        out.print(json ? report.json() : report.text());
        return 0;
    }
}
