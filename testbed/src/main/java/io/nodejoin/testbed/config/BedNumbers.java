package io.nodejoin.testbed.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The bed numbers of this machine and their owners, whoever they belong to: a number decides ports and network links, and
 * those are the machine's. A claim is a symbolic link to the directory of the bed; with that directory it loses its meaning.
 *
 * @param claims a directory that every user may write to and that outlives a reboot
 * @param links the machine's network links, by name
 */
public record BedNumbers(Path claims, Path links) {

    public static BedNumbers ofThisMachine() {
        return new BedNumbers(Path.of("/var/tmp"), Path.of("/sys/class/net"));
    }

    /**
     * Why this bed cannot have its number, with the owner's name and what would help, or empty if it can. Changes nothing.
     */
    public Optional<String> obstacle(BedSettings wanted, BedDirectories bed) {
        Optional<Path> owner = owner(wanted.number());
        if (owner.isPresent()) {
            return owner.filter(root -> !root.equals(root(bed))).map(root -> refusal(wanted.number(), root));
        }
        return Files.exists(bed.root()) ? Optional.empty() : strangers(wanted);
    }

    /** Gives the number to this bed, which must have its directory; refuses it while another one has it. */
    public void claim(BedSettings wanted, BedDirectories bed) {
        Path claim = claim(wanted.number());
        try {
            if (owner(wanted.number()).isEmpty()) {
                Files.deleteIfExists(claim);
                Files.createSymbolicLink(claim, root(bed));
            }
        } catch (FileAlreadyExistsException _) {
            // Another bed was faster; the line below names it.
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot claim the bed number " + wanted.number(), cannotWrite);
        }
        owner(wanted.number()).filter(root -> !root.equals(root(bed))).ifPresent(root -> {
            throw new IllegalStateException(refusal(wanted.number(), root));
        });
    }

    /** Gives the number back if this bed has it. */
    public void release(BedSettings settings, BedDirectories bed) {
        try {
            Path claim = claim(settings.number());
            if (Files.isSymbolicLink(claim) && Files.readSymbolicLink(claim).equals(root(bed))) {
                Files.delete(claim);
            }
        } catch (IOException cannotDelete) {
            throw new UncheckedIOException("cannot give the bed number " + settings.number() + " back", cannotDelete);
        }
    }

    /** Whether the number, and with it the links and ports, belongs to another bed. */
    public boolean isForeign(BedSettings settings, BedDirectories bed) {
        return owner(settings.number()).filter(root -> !root.equals(root(bed))).isPresent();
    }

    /** The directory of the bed that has this number. One that this user may not look at is taken to be there. */
    private Optional<Path> owner(int number) {
        try {
            Path claim = claim(number);
            return Files.isSymbolicLink(claim)
                    ? Optional.of(Files.readSymbolicLink(claim)).filter(root -> !Files.notExists(root))
                    : Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read whose the bed number " + number + " is", unreadable);
        }
    }

    private Optional<String> strangers(BedSettings wanted) {
        AddressPlan plan = new AddressPlan(wanted);
        if (plan.inNamespaces() && Files.exists(links.resolve(plan.rootLink()))) {
            return Optional.of("bed " + wanted.name() + " cannot have the number " + wanted.number()
                    + ": the network link " + plan.rootLink() + " is there already; if nobody uses it, delete it with: "
                    + "ip link delete " + plan.rootLink());
        }
        for (Map.Entry<String, AddressPlan.Endpoint> endpoint :
                plan.onLoopback().entrySet()) {
            if (isTaken(endpoint.getValue())) {
                return Optional.of("bed " + wanted.name() + " cannot have the number " + wanted.number()
                        + ": another program listens on "
                        + endpoint.getValue() + ", which is for " + endpoint.getKey() + "; end it (ss -ltnp 'sport = :"
                        + endpoint.getValue().port() + "' names it) or choose another number");
            }
        }
        return Optional.empty();
    }

    private static boolean isTaken(AddressPlan.Endpoint endpoint) {
        try (ServerSocket _ = new ServerSocket(endpoint.port(), 1, InetAddress.getByName(endpoint.address()))) {
            return false;
        } catch (IOException _) {
            return true;
        }
    }

    private static String refusal(int number, Path owner) {
        return "the bed number " + number + " belongs to bed " + owner.getFileName() + " (" + owner
                + "): choose another number, or take that bed down with: testbed/testbed down --bed "
                + owner.getFileName();
    }

    private Path claim(int number) {
        return claims.resolve("nodejoin-bed-" + number);
    }

    private static Path root(BedDirectories bed) {
        return bed.root().toAbsolutePath().normalize();
    }
}
