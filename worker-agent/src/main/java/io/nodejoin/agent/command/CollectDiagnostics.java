package io.nodejoin.agent.command;

import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Collects what an operator reads first when a kubelet does not start. */
public final class CollectDiagnostics {
    private static final int MAX_LINES = 500;
    private static final String CONTAINERD = "containerd.service";

    private final HostPorts host;
    private final KubeletUnit unit;

    public CollectDiagnostics(HostPorts host, KubeletUnit unit) {
        this.host = host;
        this.unit = unit;
    }

    /** Collects the redacted lines. Read-only. */
    public HostResult execute(HostCommand.CollectDiagnostics command) {
        List<String> units = List.of(KubeletPaths.UNIT, CONTAINERD);
        Map<String, UnitState> states = host.systemd().unitStates(units);
        Stream<String> summary =
                units.stream().map(name -> name + ": " + states.getOrDefault(name, UnitState.NOT_FOUND));
        int lines = Math.clamp(command.lines(), 1, MAX_LINES);
        return new HostResult.Diagnostics(
                Stream.concat(summary, unit.log(lines).stream()).toList());
    }
}
