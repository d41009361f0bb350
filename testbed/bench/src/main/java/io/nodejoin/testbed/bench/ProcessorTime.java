package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import java.util.concurrent.TimeUnit;

/** Seconds of processor time of all that a join keeps busy but the cluster. */
record ProcessorTime(double service, double temporal, double agent) {
    private static final double NANOS = 1e9;
    private static final int REST_SECONDS = 10;

    /** Reads what they have used since their start. The host's systemd knows it of a unit that has ended, too. */
    static ProcessorTime of(TestBed bed, Host host) {
        ProcessorTime servers = ofServers(bed);
        double agent = Long.parseLong(host.unitProperty(Joins.AGENT, "CPUUsageNSec")) / NANOS;
        return new ProcessorTime(servers.service, servers.temporal, agent);
    }

    /** The same without an agent. */
    static ProcessorTime ofServers(TestBed bed) {
        return new ProcessorTime(
                ProcessTime.of(bed.service().process()),
                ProcessTime.of(bed.temporal().process()),
                0);
    }

    /** What the servers use in a second without a join, from some seconds of rest. */
    static ProcessorTime atRest(TestBed bed) throws InterruptedException {
        ProcessorTime before = ofServers(bed);
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        return ofServers(bed).since(before).times(1.0 / REST_SECONDS);
    }

    ProcessorTime since(ProcessorTime before) {
        return new ProcessorTime(service - before.service, temporal - before.temporal, agent - before.agent);
    }

    ProcessorTime times(double factor) {
        return new ProcessorTime(service * factor, temporal * factor, agent * factor);
    }
}
