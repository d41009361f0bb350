package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.util.concurrent.TimeUnit;

/** Seconds of CPU time of all that a join keeps busy but the cluster. */
record CpuTime(double service, double temporal, double agent) {
    private static final double NANOS = 1e9;
    private static final int REST_SECONDS = 10;

    /** Reads what they have used since their start. The host's systemd knows it of a unit that has ended, too. */
    static CpuTime of(TestBed bed, Host host) {
        CpuTime servers = ofServers(bed);
        double agent = Long.parseLong(host.unitProperty(Joins.AGENT, "CPUUsageNSec")) / NANOS;
        return new CpuTime(servers.service, servers.temporal, agent);
    }

    /** The same without an agent. */
    static CpuTime ofServers(TestBed bed) {
        return new CpuTime(
                seconds(bed.service().process()), seconds(bed.temporal().process()), 0);
    }

    /** Seconds since its start, in user mode and in the kernel. */
    static double seconds(SupervisedProcess process) {
        return process.identity()
                .flatMap(identity -> ProcessHandle.of(identity.pid()))
                .flatMap(handle -> handle.info().totalCpuDuration())
                .map(time -> time.toNanos() / NANOS)
                .orElseThrow(() -> new IllegalStateException("the CPU time of " + process.name() + " is not known"));
    }

    /** What the servers use in a second without a join, from some seconds of rest. */
    static CpuTime atRest(TestBed bed) throws InterruptedException {
        CpuTime before = ofServers(bed);
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        return ofServers(bed).since(before).times(1.0 / REST_SECONDS);
    }

    CpuTime since(CpuTime before) {
        return new CpuTime(service - before.service, temporal - before.temporal, agent - before.agent);
    }

    CpuTime times(double factor) {
        return new CpuTime(service * factor, temporal * factor, agent * factor);
    }
}
