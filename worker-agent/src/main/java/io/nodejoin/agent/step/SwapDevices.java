package io.nodejoin.agent.step;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.protocol.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The swap devices of the host. A device keeps its name for one boot: at the next one compressed memory is created
 * again, and an encrypted partition may get another number. Swap that is no longer on its device is created again by
 * its unit or service.
 */
final class SwapDevices {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String CONFIGURED = "swap.target";

    private final HostPorts host;
    private final HostFiles files;

    SwapDevices(HostPorts host) {
        this.host = host;
        this.files = host.files();
    }

    /** Returns whether the device is in use, by the kernel's list. */
    boolean isActive(String device) {
        String escaped = device.replace(" ", "\\040");
        return text("/proc/swaps").orElse("").lines().anyMatch(line -> line.split("\\s+", 2)[0].equals(escaped));
    }

    /** Returns the kernel's boot id. */
    Optional<String> bootId() {
        return text("/proc/sys/kernel/random/boot_id").map(String::strip);
    }

    void switchOff(String device) {
        if (isActive(device)) {
            run("swapoff", device, ErrorCode.HOST_PREPARE_FAILED);
        }
    }

    /**
     * Enables the device or, if it is no longer the same, the swap that the host's files and units configure.
     *
     * @throws HostException if a device of this boot exists, and neither enables it
     */
    void restore(Undo.SwitchSwapOn swap) {
        if (!isOfThisBoot(swap)) {
            host.systemd().start(CONFIGURED);
        } else if (!isActive(swap.device())) {
            try {
                run("swapon", swap.device(), ErrorCode.HOST_RESET_FAILED);
            } catch (HostException e) {
                host.systemd().start(CONFIGURED);
                if (isMissing(swap)) {
                    throw e;
                }
            }
        }
    }

    /** Returns whether the device is unchanged and not in use. */
    boolean isMissing(Undo.SwitchSwapOn swap) {
        return isOfThisBoot(swap) && !isActive(swap.device()) && files.exists(swap.device());
    }

    private boolean isOfThisBoot(Undo.SwitchSwapOn swap) {
        String boot = swap.boot();
        return boot == null || bootId().equals(Optional.of(boot));
    }

    private void run(String program, String device, ErrorCode otherwise) {
        host.commands().runOrFail(List.of(program, device), TIMEOUT, otherwise);
    }

    private Optional<String> text(String path) {
        return files.read(path).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
