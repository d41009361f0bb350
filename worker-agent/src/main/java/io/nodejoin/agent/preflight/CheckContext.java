package io.nodejoin.agent.preflight;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostNetwork;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.UnitState;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The host state that checks use. Each program runs at most once. Thread-safe. */
public final class CheckContext {
    private final HostPorts ports;
    private final HostProbe probe;
    private final KubeletBinary kubelet;
    private final Function<URI, Optional<Instant>> serverTime;
    private final HostExpectation expected;
    private final Lazy<Map<String, UnitState>> units;
    private final Lazy<List<Disk>> disks;
    private final Lazy<KubeletDropIns> dropIns;

    CheckContext(
            HostPorts ports,
            HostProbe probe,
            KubeletBinary kubelet,
            Function<URI, Optional<Instant>> serverTime,
            HostExpectation expected) {
        this.ports = ports;
        this.probe = probe;
        this.kubelet = kubelet;
        this.serverTime = serverTime;
        this.expected = expected;
        this.units = new Lazy<>(
                () -> ports.systemd().isRunning() ? ports.systemd().unitStates(CheckedUnits.all()) : Map.of());
        this.disks = new Lazy<>(() -> Disk.inspect(ports));
        this.dropIns = new Lazy<>(() -> KubeletDropIns.read(ports.files()));
    }

    HostExpectation expected() {
        return expected;
    }

    HostFiles files() {
        return ports.files();
    }

    HostNetwork network() {
        return ports.network();
    }

    CommandRunner commands() {
        return ports.commands();
    }

    HostProbe probe() {
        return probe;
    }

    KubeletBinary kubelet() {
        return kubelet;
    }

    boolean hasSystemd() {
        return ports.systemd().isRunning();
    }

    /** Returns the state of one of {@link CheckedUnits}. */
    UnitState unit(String name) {
        return units.get().getOrDefault(name, UnitState.NOT_FOUND);
    }

    List<Disk> disks() {
        return disks.get();
    }

    KubeletDropIns dropIns() {
        return dropIns.get();
    }

    /** Returns the host's time. */
    Instant now() {
        return ports.clock().instant();
    }

    /** Returns the time of the API server, if its address is known and it responds with a date. */
    Optional<Instant> serverTime() {
        return Optional.ofNullable(expected.apiServer()).flatMap(serverTime);
    }

    /** Returns the trimmed text of a file; empty if there is none. */
    String text(String path) {
        return files().read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
                .orElse("");
    }
}
