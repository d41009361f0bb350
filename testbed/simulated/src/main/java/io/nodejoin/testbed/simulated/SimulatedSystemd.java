package io.nodejoin.testbed.simulated;

import io.nodejoin.agent.host.Systemd;
import io.nodejoin.agent.host.UnitState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A service manager that runs the simulated kubelet by its unit file; every other unit is active. */
final class SimulatedSystemd implements Systemd {
    private static final String KUBELET = "kubelet.service";
    private static final Set<String> CONTAINER_RUNTIMES = Set.of("containerd.service", "docker.service");

    private final Path units;
    private final SimulatedKubelet kubelet;
    private final boolean broken;
    private final Set<String> enabled = new HashSet<>();
    private boolean failed;

    SimulatedSystemd(Path root, SimulatedKubelet kubelet, boolean broken) {
        this.units = root.resolve("etc/systemd/system");
        this.kubelet = kubelet;
        this.broken = broken;
    }

    @Override
    public boolean isRunning() {
        return true;
    }

    @Override
    public synchronized Map<String, UnitState> unitStates(Collection<String> names) {
        Map<String, UnitState> states = new HashMap<>();
        names.forEach(name -> states.put(name, state(name)));
        return Map.copyOf(states);
    }

    private UnitState state(String unit) {
        if (CONTAINER_RUNTIMES.contains(unit)) {
            return new UnitState("loaded", "active", "running", "success", "enabled", 0);
        }
        if (!isKubelet(unit) || !Files.exists(units.resolve(KUBELET))) {
            return UnitState.NOT_FOUND;
        }
        String file = enabled.contains(KUBELET) ? "enabled" : "disabled";
        if (failed) {
            return new UnitState("loaded", "failed", "failed", "exit-code", file, 3);
        }
        return kubelet.isActive()
                ? new UnitState("loaded", "active", "running", "success", file, 0)
                : new UnitState("loaded", "inactive", "dead", "success", file, 0);
    }

    @Override
    public void daemonReload() {
        // Unit files are read on every call.
    }

    @Override
    public synchronized void enableAndStart(String unit) {
        if (isKubelet(unit)) {
            enabled.add(KUBELET);
        }
        start(unit);
    }

    @Override
    public synchronized void start(String unit) {
        if (isKubelet(unit)) {
            kubelet.start();
            failed = broken;
        }
    }

    @Override
    public synchronized void stop(String unit) {
        if (isKubelet(unit)) {
            kubelet.stop();
        }
    }

    @Override
    public synchronized void disable(String unit) {
        enabled.remove(unit);
    }

    @Override
    public synchronized void restart(String unit) {
        stop(unit);
        enableAndStart(unit);
    }

    @Override
    public synchronized void disableAndStop(String unit) {
        if (isKubelet(unit)) {
            enabled.remove(KUBELET);
            kubelet.stop();
            failed = false;
        }
    }

    @Override
    public synchronized void mask(String unit) {
        disableAndStop(unit);
    }

    @Override
    public void unmask(String unit) {
        // No unit here is started by anything but this object.
    }

    @Override
    public List<String> journal(String unit, int lines) {
        return broken && isKubelet(unit) ? List.of("simulated kubelet: invalid setting, exiting") : List.of();
    }

    private static boolean isKubelet(String unit) {
        return unit.equals(KUBELET) || unit.equals("kubelet");
    }
}
