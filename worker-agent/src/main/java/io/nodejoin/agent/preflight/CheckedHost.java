package io.nodejoin.agent.preflight;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostNetwork;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.UnitState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The host as checks see it. What several checks ask for by a program is asked once. For many threads. */
public final class CheckedHost {
    private final HostParts parts;
    private final HostProbe probe;
    private final KubeletBinary kubelet;
    private final ServerClock serverClock;
    private final Expectation expected;
    private final Once<Map<String, UnitState>> units;
    private final Once<List<Disk>> disks;
    private final Once<KubeletDropIns> dropIns;

    CheckedHost(
            HostParts parts, HostProbe probe, KubeletBinary kubelet, ServerClock serverClock, Expectation expected) {
        this.parts = parts;
        this.probe = probe;
        this.kubelet = kubelet;
        this.serverClock = serverClock;
        this.expected = expected;
        this.units =
                new Once<>(() -> parts.systemd().running() ? parts.systemd().show(WatchedUnits.all()) : Map.of());
        this.disks = new Once<>(() -> Disk.under(parts));
        this.dropIns = new Once<>(() -> KubeletDropIns.read(parts.files()));
    }

    Expectation expected() {
        return expected;
    }

    HostFiles files() {
        return parts.files();
    }

    HostNetwork network() {
        return parts.network();
    }

    CommandRunner commands() {
        return parts.commands();
    }

    HostProbe probe() {
        return probe;
    }

    KubeletBinary kubelet() {
        return kubelet;
    }

    boolean hasSystemd() {
        return parts.systemd().running();
    }

    /** The state of one of {@link WatchedUnits}. */
    UnitState unit(String name) {
        return units.get().getOrDefault(name, UnitState.NOT_FOUND);
    }

    List<Disk> disks() {
        return disks.get();
    }

    KubeletDropIns dropIns() {
        return dropIns.get();
    }

    /** This host's time. */
    Instant now() {
        return parts.clock().instant();
    }

    /** The time of the API server, if it is known and says. */
    Optional<Instant> serverTime() {
        return Optional.ofNullable(expected.apiServer()).flatMap(serverClock::ask);
    }

    /** The text of a file without the white space around it; empty if there is none. */
    String text(String path) {
        return files().read(path)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
                .orElse("");
    }
}
