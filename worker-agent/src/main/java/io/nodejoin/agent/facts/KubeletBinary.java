package io.nodejoin.agent.facts;

import io.nodejoin.agent.host.CommandResult;
import io.nodejoin.agent.host.CommandRunner;
import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.ArtifactDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The kubelet executable of this host. Caches expensive results per file. */
public final class KubeletBinary {
    /** The paths of the executable; the first existing one is used. */
    public static final List<String> CANDIDATE_PATHS = List.of("/usr/local/bin/kubelet", "/usr/bin/kubelet");

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String PREFIX = "Kubernetes ";
    private static final int HEX_DIGITS = 64;

    /** An executable that has not been verified runs without privileges. */
    private static final List<String> UNPRIVILEGED_PREFIX =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs");

    private final CommandRunner commands;
    private final HostFiles files;
    private final FileCache<String> version = new FileCache<>(this::readVersion);
    private final FileCache<ArtifactDigest> digest = new FileCache<>(this::computeDigest);

    public KubeletBinary(CommandRunner commands, HostFiles files) {
        this.commands = commands;
        this.files = files;
    }

    /** Returns the path of the executable, or empty if there is none. */
    public Optional<String> path() {
        return CANDIDATE_PATHS.stream().filter(files::exists).findFirst();
    }

    /**
     * Returns the version that the executable prints, such as {@code v1.37.2}; empty if it is missing or does not run.
     */
    public Optional<String> version() {
        return path().flatMap(version::get);
    }

    /** Returns the digest of the executable; empty if it is missing or cannot be read. */
    public Optional<ArtifactDigest> digest() {
        return path().flatMap(digest::get);
    }

    /**
     * Returns why the executable is not accepted, or empty.
     *
     * @param accepted allowed digests; empty allows any
     */
    public Optional<String> mismatch(List<ArtifactDigest> accepted) {
        if (accepted.isEmpty()) {
            return Optional.empty();
        }
        Optional<ArtifactDigest> found = digest();
        return found.filter(accepted::contains).isPresent()
                ? Optional.empty()
                : Optional.of(path().orElse("the kubelet") + " has the digest "
                        + found.map(ArtifactDigest::value).orElse("of no readable file") + "; accepted: " + accepted);
    }

    /**
     * Returns the path of the executable to start.
     *
     * @throws HostException if there is none, or none with an accepted digest
     */
    public String requireAccepted(List<ArtifactDigest> accepted) {
        String program = path().orElseThrow(() -> new HostException(
                ErrorCode.HOST_PREFLIGHT_FAILED, "there is no kubelet at " + String.join(" or ", CANDIDATE_PATHS)));
        mismatch(accepted).ifPresent(detail -> {
            throw new HostException(ErrorCode.ARTIFACT_DIGEST_MISMATCH, detail);
        });
        return program;
    }

    private Optional<String> readVersion(String path) {
        List<String> command = new ArrayList<>(UNPRIVILEGED_PREFIX);
        command.addAll(List.of(path, "--version"));
        CommandResult result = commands.run(command, TIMEOUT);
        String answer = result.output().strip();
        return result.succeeded() && answer.startsWith(PREFIX)
                ? Optional.of(answer.substring(PREFIX.length()))
                : Optional.empty();
    }

    private Optional<ArtifactDigest> computeDigest(String path) {
        CommandResult result = commands.run(List.of("sha256sum", "--binary", "--", path), TIMEOUT);
        return result.succeeded() && result.output().length() > HEX_DIGITS
                ? Optional.of(new ArtifactDigest("sha256:" + result.output().substring(0, HEX_DIGITS)))
                : Optional.empty();
    }

    /** A cached result that is valid until the file changes. A link may get another target at any time. */
    private final class FileCache<T> {
        private final Function<String, Optional<T>> question;
        private Optional<CachedValue<T>> known = Optional.empty();

        FileCache(Function<String, Optional<T>> question) {
            this.question = question;
        }

        synchronized Optional<T> get(String path) {
            Optional<FileMetadata> stamp = files.metadata(path).filter(found -> found.kind() == FileMetadata.Kind.FILE);
            Optional<T> before =
                    known.filter(last -> last.isCurrent(path, stamp)).map(CachedValue::answer);
            if (before.isPresent()) {
                return before;
            }
            Optional<T> answer = question.apply(path);
            known = stamp.flatMap(now -> answer.map(said -> new CachedValue<>(path, now, said)));
            return answer;
        }
    }

    private record CachedValue<T>(String path, FileMetadata stamp, T answer) {
        boolean isCurrent(String other, Optional<FileMetadata> now) {
            return path.equals(other) && now.filter(stamp::equals).isPresent();
        }
    }
}
