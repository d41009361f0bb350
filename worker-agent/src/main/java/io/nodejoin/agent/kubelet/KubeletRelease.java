package io.nodejoin.agent.kubelet;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** A kubelet's minor release of Kubernetes. */
public record KubeletRelease(int major, int minor) {
    private static final Pattern VERSION = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\..*");
    private static final int MAJOR = 1;
    private static final int OLDEST = 34;
    private static final int NEWEST = 37;

    /** The releases whose kubelets know each member of the generated configuration, oldest first. */
    public static final List<KubeletRelease> SUPPORTED = IntStream.rangeClosed(OLDEST, NEWEST)
            .mapToObj(minor -> new KubeletRelease(MAJOR, minor))
            .toList();

    /** Parses the release of a version such as {@code v1.37.2}; empty if it is not a version. */
    public static Optional<KubeletRelease> parse(String version) {
        Matcher words = VERSION.matcher(version);
        return words.matches()
                ? Optional.of(new KubeletRelease(Integer.parseInt(words.group(1)), Integer.parseInt(words.group(2))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
