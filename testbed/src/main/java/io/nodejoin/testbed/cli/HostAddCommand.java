package io.nodejoin.testbed.cli;

import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.provision.DebianRelease;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(name = "add", description = "Boot a new host.")
final class HostAddCommand implements Runnable {
    private static final int SECRET_BYTES = 24;

    @Mixin
    private BedOption bedOption = new BedOption();

    @Parameters(paramLabel = "HOST", description = "its name, also as a node")
    private String name = "";

    @Option(
            names = "--enrollment",
            paramLabel = "SECRET",
            description = "the one-time secret of its agent (default: a new one, in the command printed)")
    private @Nullable String enrollment;

    @Option(
            names = "--profile",
            paramLabel = "containerd|docker",
            description = "its container runtime (default: containerd)",
            converter = HostProfileConverter.class)
    private HostProfile profile = HostProfile.CONTAINERD;

    @Option(
            names = "--debian",
            paramLabel = "12|13",
            description = "its Debian (default: 13)",
            converter = DebianReleaseConverter.class)
    private DebianRelease release = DebianRelease.TRIXIE;

    @Option(
            names = "--fault",
            paramLabel = HostFault.WORDS,
            description = "what is wrong with it, repeatable",
            converter = FaultConverter.class)
    private Set<HostFault> faults = new HashSet<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        String given = enrollment;
        HostSpec wanted = new HostSpec(name, given == null ? newSecret() : given, profile, release, faults);
        TestBed bed = bedOption.existingBed();
        long begin = System.nanoTime();
        Host host = bed.addHost(wanted);
        PrintWriter out = Output.of(spec);
        out.printf(
                "host %s is up at %s after %.1f s%n",
                host.name(), host.address(), (System.nanoTime() - begin) / 1_000_000_000.0);
        if (given == null && wanted.hasAgent()) {
            out.printf("next: ./nodejoin join %s --enrollment %s --wait%n", host.name(), wanted.enrollmentSecret());
        }
        out.flush();
    }

    private static String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Reads a fault as people type it. */
    static final class FaultConverter implements ITypeConverter<HostFault> {
        @Override
        public HostFault convert(String word) {
            for (HostFault fault : HostFault.values()) {
                if (fault.label().equals(word)) {
                    return fault;
                }
            }
            throw new TypeConversionException("no fault is called '" + word + "'");
        }
    }

    /** Reads a release as people type it. */
    static final class DebianReleaseConverter implements ITypeConverter<DebianRelease> {
        @Override
        public DebianRelease convert(String word) {
            for (DebianRelease release : DebianRelease.values()) {
                if (Integer.toString(release.number()).equals(word)) {
                    return release;
                }
            }
            throw new TypeConversionException("the releases are 12 and 13");
        }
    }

    /** Reads a profile as people type it. */
    static final class HostProfileConverter implements ITypeConverter<HostProfile> {
        @Override
        public HostProfile convert(String word) {
            return switch (word) {
                case "containerd" -> HostProfile.CONTAINERD;
                case "docker" -> HostProfile.DOCKER;
                default -> throw new TypeConversionException("the profiles are containerd and docker");
            };
        }
    }
}
