package io.nodejoin.testbed.host;

import io.nodejoin.testbed.plan.AddressPlan;
import io.nodejoin.testbed.plan.BedDirectories;
import io.nodejoin.testbed.provision.JarSnapshot;
import io.nodejoin.testbed.provision.Repository;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the worker-agent of this build on a host: jars and Java read-only, unit, configuration and secret in its files. */
final class AgentInstallation {
    private static final String UNIT = "nodejoin-agent.service";

    private final Repository repository;
    private final JarSnapshot jars;
    private final BedDirectories directories;
    private final AddressPlan plan;

    AgentInstallation(Repository repository, JarSnapshot jars, BedDirectories directories, AddressPlan plan) {
        this.repository = repository;
        this.jars = jars;
        this.directories = directories;
        this.plan = plan;
    }

    /** Read-only binds for nspawn, each SOURCE:TARGET. */
    List<String> binds() {
        List<String> binds = new ArrayList<>();
        Path java = Repository.javaHome();
        binds.add(java + ":/opt/java");
        packagedSettings(java).ifPresent(settings -> binds.add(settings + ":" + settings));
        binds.add(jars.of("worker-agent") + ":/opt/nodejoin/lib");
        return binds;
    }

    /** Writes into the host's files. Without a unit in this build the host gets everything but a started agent. */
    void writeTo(HostFiles files, HostSpec spec) {
        files.write(
                "etc/nodejoin/agent.json",
                Template.load("host/agent.json").fill(Map.of("node", spec.name(), "gateway", plan.gateway())));
        files.write("etc/nodejoin/gateway-ca.crt", read(directories.pki().resolve("gateway-ca.crt")));
        files.writeSecret("etc/nodejoin/enrollment-secret", spec.enrollmentSecret());
        Path sources = repository.module("worker-agent").resolve("src/main");
        files.writeExecutable("usr/local/bin/nodejoin-agent", read(sources.resolve("bin/nodejoin-agent")));
        Path unit = sources.resolve("systemd").resolve(UNIT);
        if (Files.exists(unit)) {
            files.write("etc/systemd/system/" + UNIT, read(unit));
            files.link("etc/systemd/system/multi-user.target.wants/" + UNIT, "../" + UNIT);
        }
    }

    /** Debian's own JDKs keep their settings outside of the JDK, behind links: the host needs them at the same place. */
    private static Optional<Path> packagedSettings(Path javaHome) {
        try {
            Path security = javaHome.resolve("conf/security").toRealPath();
            return security.startsWith(javaHome.toRealPath())
                    ? Optional.empty()
                    : Optional.ofNullable(security.getParent());
        } catch (IOException _) {
            return Optional.empty();
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
