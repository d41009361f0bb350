package io.nodejoin.agent.plan;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;

/** Plans for hosts as an agent would see them now. */
final class HostPlans {
    private HostPlans() {}

    static HostPlan create(FakeHost host, Profile profile) {
        HostPorts ports = host.parts();
        HostProbe probe = new HostProbe(ports, new KubeletBinary(ports.commands(), ports.files()));
        return HostPlan.create(profile, probe.snapshot(HostPlan.queries(profile)));
    }
}
