package io.nodejoin.agent.plan;

import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.plan.HostStep.MaskUnit;
import io.nodejoin.agent.plan.HostStep.StopUnit;
import io.nodejoin.agent.plan.HostStep.SwitchSwapOff;
import io.nodejoin.agent.plan.HostStep.WriteFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What enables swap on this host: lines of {@code /etc/fstab}, swap units (also those that generators write for
 * partitions and compressed memory), and services that enable it themselves.
 */
record SwapSources(HostSnapshot host) {
    /** Services in packages of the large distributions. */
    static final List<String> SERVICES = List.of(
            "dphys-swapfile.service",
            "swapspace.service",
            "systemd-swap.service",
            "zram-config.service",
            "zramswap.service");

    private static final String FSTAB = "/etc/fstab";
    private static final String OWN_UNITS = "/etc/systemd/system/";

    /** The files that decide it. */
    static final List<String> PATHS = Stream.concat(
                    Stream.of(
                            FSTAB,
                            OWN_UNITS + "*.swap",
                            "/run/systemd/system/*.swap",
                            "/run/systemd/generator.early/*.swap",
                            "/run/systemd/generator/*.swap",
                            "/run/systemd/generator.late/*.swap",
                            "/usr/local/lib/systemd/system/*.swap",
                            "/usr/lib/systemd/system/*.swap"),
                    SERVICES.stream().map(service -> OWN_UNITS + service))
            .toList();

    private static final String MARKER = "#nodejoin# ";
    private static final String SUFFIX = ".swap";
    private static final String NEVER_ACTIVE_DROP_IN = """

            # Nodejoin: a node of this cluster has no swap.
            [Unit]
            ConditionPathExists=!/
            """;

    /** Returns the steps after which there is no swap, now and after a reboot. */
    List<HostStep> disableSteps() {
        List<HostStep> steps = new ArrayList<>();
        withoutSwap(host.contents().getOrDefault(FSTAB, ""))
                .ifPresent(fstab ->
                        steps.add(new WriteFile(FSTAB, fstab, host.modes().getOrDefault(FSTAB, 0644), false)));
        // Units first: after a crash, a device that is already off would not be seen.
        units().forEach(unit -> steps.addAll(preventActivation(unit)));
        host.swaps().forEach(device -> steps.add(new SwitchSwapOff(device)));
        SERVICES.forEach(service -> steps.addAll(withoutService(service)));
        return steps;
    }

    private static Optional<String> withoutSwap(String fstab) {
        String changed = fstab.lines()
                .map(line -> mountsSwap(line) ? MARKER + line : line)
                .collect(Collectors.joining("\n", "", "\n"));
        return fstab.lines().anyMatch(SwapSources::mountsSwap) ? Optional.of(changed) : Optional.empty();
    }

    private static boolean mountsSwap(String line) {
        String[] fields = line.strip().split("\\s+", -1);
        return !line.strip().startsWith("#") && fields.length >= 3 && fields[2].equals("swap");
    }

    /** A device may have units under several names; only systemd's own is named after the device's path. */
    private TreeSet<String> units() {
        TreeSet<String> units = host.modes().keySet().stream()
                .filter(path -> path.endsWith(SUFFIX))
                .map(path -> path.substring(path.lastIndexOf('/') + 1))
                .collect(Collectors.toCollection(TreeSet::new));
        host.swaps().stream().map(SwapSources::unitName).forEach(units::add);
        return units;
    }

    /** Returns the same as {@code systemd-escape --path --suffix=swap DEVICE}. */
    private static String unitName(String device) {
        StringBuilder name = new StringBuilder();
        for (byte octet : device.replaceAll("^/+|/+$", "").getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (c == '/') {
                name.append('-');
            } else if (isUnescaped(c) || (c == '.' && !name.isEmpty())) {
                name.append(c);
            } else {
                name.append(String.format("\\x%02x", octet & 0xff));
            }
        }
        return name + SUFFIX;
    }

    private static boolean isUnescaped(char c) {
        return (c < 128 && Character.isLetterOrDigit(c)) || c == '_' || c == ':';
    }

    /** Stops the service after the devices are off, so that its restart enables what it had enabled. */
    private List<HostStep> withoutService(String service) {
        UnitState state = host.units().getOrDefault(service, UnitState.NOT_FOUND);
        List<HostStep> steps = new ArrayList<>();
        if (state.isActive()) {
            steps.add(new StopUnit(service));
        }
        if (state.isActive() || state.isEnabled()) {
            steps.addAll(preventActivation(service));
        }
        return steps;
    }

    /** systemd cannot mask a unit whose file is at the path of the mask. */
    private List<HostStep> preventActivation(String unit) {
        String file = OWN_UNITS + unit;
        if (!host.modes().containsKey(file)) {
            return List.of(new MaskUnit(unit));
        }
        Optional<String> text = Optional.ofNullable(host.contents().get(file));
        boolean masked = text.isEmpty();
        return masked || text.get().endsWith(NEVER_ACTIVE_DROP_IN)
                ? List.of()
                : List.of(new WriteFile(
                        file, text.get() + NEVER_ACTIVE_DROP_IN, host.modes().getOrDefault(file, 0644), false));
    }
}
