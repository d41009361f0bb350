package io.nodejoin.agent.install;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an installation has changed on a host.
 *
 * @param id version and content of the package that is installed now
 * @param former what was installed before, if it is another one
 * @param changed the paths on the host that were created or replaced
 * @param enabled the units that were enabled; those of a host that had the agent before stay as they are
 */
public record InstallReport(String id, @Nullable String former, List<String> changed, List<String> enabled) {
    public InstallReport {
        changed = List.copyOf(changed);
        enabled = List.copyOf(enabled);
    }

    /** Returns lines for people: what was done and what to do next. */
    public List<String> lines() {
        if (changed.isEmpty()) {
            return List.of("nodejoin-agent " + id + " is installed already: nothing was changed");
        }
        List<String> lines = new ArrayList<>();
        lines.add("installed nodejoin-agent " + id + (former == null ? "" : " in place of " + former) + ":");
        changed.forEach(path -> lines.add("  " + path));
        if (former != null) {
            lines.add(former + " stays on the disk until the next installation");
        }
        if (enabled.isEmpty()) {
            lines.add("next, on a running host: systemctl daemon-reload && systemctl try-restart nodejoin-agent.path"
                    + " nodejoin-agent.service nodejoin-agent-certificate-check.timer");
        } else {
            lines.add("enabled from the next boot on: " + String.join(" ", enabled));
            lines.add("next, on a running host: systemctl daemon-reload && systemctl start nodejoin-agent.path"
                    + " nodejoin-agent-certificate-check.timer");
            lines.add("then write /etc/nodejoin/agent.json, which starts the agent");
        }
        return lines;
    }
}
