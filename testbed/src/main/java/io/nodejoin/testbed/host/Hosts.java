package io.nodejoin.testbed.host;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.mount.OwnedDirectory;
import io.nodejoin.testbed.pki.Pem;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.AgentPackage;
import io.nodejoin.testbed.provision.Provisioner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The hosts of one bed. Hosts can be added and removed concurrently. */
public final class Hosts {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final AddressPlan plan;
    private final BedDirectories directories;
    private final HostBoot boot;

    public Hosts(AddressPlan plan, BedDirectories directories, Provisioner provisioner, AgentPackage agent) {
        this.plan = plan;
        this.directories = directories;
        this.boot =
                new HostBoot(plan, provisioner, new AgentInstallation(agent, directories, plan), directories.hosts());
    }

    /** Boots a new host. The name must be free in this bed; leftovers of an aborted run are removed first. */
    public Host add(HostSpec spec) {
        HostDirectory directory = directory(spec.name());
        if (Files.exists(directory.complete())) {
            throw new IllegalStateException("host " + spec.name() + " exists already; remove it first");
        }
        remove(spec.name());
        HostRecord host = new HostRecord(spec, claimNumber(spec.name()));
        try {
            Files.createDirectories(directory.path());
            Pem.writePrivately(directory.record(), JSON.writeValueAsString(host));
            Host started = host(host);
            started.start();
            Files.createFile(directory.complete());
            return started;
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot add host " + spec.name(), cannotWrite);
        }
    }

    /** Stops a host and deletes all its files; no effect if there is no such host. */
    public void remove(String name) {
        readRecord(name).ifPresent(host -> {
            host(host).kill();
            boot.tearDown(host);
        });
        new OwnedDirectory(directory(name).path()).delete();
        freeNumbers(name);
    }

    public void removeAll() {
        Parallel.run(names().stream()
                .<Supplier<String>>map(name -> () -> {
                    remove(name);
                    return name;
                })
                .toList());
    }

    /**
     * Removes leftovers of aborted runs, and boots the hosts that should run and do not, as after a reboot of the
     * machine.
     */
    public void restore() {
        for (String name : names()) {
            if (Files.exists(directory(name).complete())) {
                find(name).ifPresent(Host::start);
            } else {
                remove(name);
            }
        }
    }

    public Optional<Host> find(String name) {
        return readRecord(name).map(this::host);
    }

    /** All hosts, by name. */
    public List<Host> all() {
        return names().stream().flatMap(name -> find(name).stream()).toList();
    }

    private Host host(HostRecord host) {
        SupervisedProcess machine =
                new SupervisedProcess("host-" + host.spec().name(), directories.run(), directories.log());
        return new Host(host, plan.hostAddress(host.number()), machine, boot);
    }

    private Optional<HostRecord> readRecord(String name) {
        Path file = directory(name).record();
        try {
            return Files.exists(file)
                    ? Optional.of(JSON.readValue(Files.readString(file), HostRecord.class))
                    : Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }

    private List<String> names() {
        if (!Files.isDirectory(directories.hosts())) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directories.hosts())) {
            return entries.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + directories.hosts(), unreadable);
        }
    }

    private HostDirectory directory(String name) {
        return new HostDirectory(directories.hosts().resolve(name));
    }

    /** Creating a link, with its target, is atomic between threads and processes: its creator has the number. */
    private int claimNumber(String name) {
        return IntStream.rangeClosed(AddressPlan.FIRST_HOST, AddressPlan.LAST_HOST)
                .filter(number -> claims(number, name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("all host numbers of the bed are in use"));
    }

    private boolean claims(int number, String name) {
        try {
            Files.createDirectories(directories.hostNumbers());
            Files.createSymbolicLink(directories.hostNumbers().resolve(Integer.toString(number)), Path.of(name));
            return true;
        } catch (FileAlreadyExistsException _) {
            return false;
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot claim a host number", cannotWrite);
        }
    }

    private void freeNumbers(String name) {
        if (!Files.isDirectory(directories.hostNumbers())) {
            return;
        }
        try (Stream<Path> links = Files.list(directories.hostNumbers())) {
            for (Path link : links.toList()) {
                if (isOf(name, link)) {
                    Files.deleteIfExists(link);
                }
            }
        } catch (IOException cannotDelete) {
            throw new UncheckedIOException("cannot free the number of host " + name, cannotDelete);
        }
    }

    /** A missing link belonged to a host that is removed concurrently. */
    private static boolean isOf(String name, Path link) throws IOException {
        try {
            return Files.readSymbolicLink(link).equals(Path.of(name));
        } catch (NoSuchFileException _) {
            return false;
        }
    }
}
