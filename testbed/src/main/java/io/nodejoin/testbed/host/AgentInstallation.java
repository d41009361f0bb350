package io.nodejoin.testbed.host;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.provision.AgentPackage;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the worker-agent of this build on a host, as its package would: what is large is bound read-only, units, command,
 * configuration and secret are files of the host. Units are those of the package; it enables every one that can be.
 */
final class AgentInstallation {
    private static final String UNITS = "usr/lib/systemd/system";
    private static final Pattern WANTED_BY = Pattern.compile("^WantedBy=(\\S+)$", Pattern.MULTILINE);

    private final AgentPackage agent;
    private final BedDirectories directories;
    private final AddressPlan plan;

    AgentInstallation(AgentPackage agent, BedDirectories directories, AddressPlan plan) {
        this.agent = agent;
        this.directories = directories;
        this.plan = plan;
    }

    /** Read-only binds for nspawn, each SOURCE:TARGET. */
    List<String> binds() {
        return List.of(agent.image() + ":/usr/lib/nodejoin-agent");
    }

    /** Writes into the host's files. */
    void writeTo(HostRootWriter files, HostSpec spec) {
        files.write(
                "etc/nodejoin/agent.json",
                Template.load("host/agent.json").render(Map.of("node", spec.name(), "gateway", plan.gateway())));
        files.write("etc/nodejoin/gateway-ca.crt", read(directories.pki().resolve("gateway-ca.crt")));
        files.writeSecret("etc/nodejoin/enrollment-secret", spec.enrollmentSecret());
        files.writeExecutable("usr/bin/nodejoin-agent", read(agent.file("usr/bin/nodejoin-agent")));
        for (String unit : agent.filesIn(UNITS)) {
            String path = UNITS + "/" + unit;
            String text = read(agent.file(path));
            files.write(path, text);
            Matcher target = WANTED_BY.matcher(text);
            if (target.find()) {
                files.link("etc/systemd/system/" + target.group(1) + ".wants/" + unit, "/" + path);
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }
}
