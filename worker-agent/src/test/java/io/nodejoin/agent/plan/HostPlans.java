package io.nodejoin.agent.plan;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.TemporaryHost;

/** Plans for hosts as an agent would see them now. */
final class HostPlans {
    private HostPlans() {}

    static HostPlan of(TemporaryHost host, Profile profile) {
        HostParts parts = host.parts();
        HostProbe probe = new HostProbe(parts, new KubeletBinary(parts.commands(), parts.files()));
        return HostPlan.of(profile, probe.snapshot(HostPlan.questions(profile)));
    }
}
