package io.nodejoin.agent.step;

import com.github.difflib.DiffUtils;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.Chunk;
import com.github.difflib.patch.Patch;
import com.github.difflib.patch.PatchFailedException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reverts a join's changes in a file that others have edited since: keeps their lines, removes the join's. */
final class ThreeWayMerge {
    private static final Comparator<Chunk<String>> BY_PLACE =
            Comparator.<Chunk<String>>comparingInt(Chunk::getPosition).thenComparingInt(Chunk::size);

    /** Maps each byte to a character, so that bytes that are not UTF-8 stay unchanged. */
    private static final Charset ENCODING = StandardCharsets.ISO_8859_1;

    private final List<String> before;
    private final List<String> now;

    ThreeWayMerge(byte[] before, byte[] now) {
        this.before = lines(before);
        this.now = lines(now);
    }

    /** Returns the file without the join's changes; empty if others have edited the same lines. */
    Optional<byte[]> revert(byte[] written) {
        List<String> common = lines(written);
        List<AbstractDelta<String>> back = DiffUtils.diff(common, before).getDeltas();
        List<AbstractDelta<String>> edits = DiffUtils.diff(common, now).getDeltas();
        return back.stream().anyMatch(one -> edits.stream().anyMatch(other -> conflict(one, other)))
                ? Optional.empty()
                : Optional.of(bytes(applyAll(common, Stream.concat(back.stream(), edits.stream()))));
    }

    /** An insertion at a line precedes a change of that line. */
    private static List<String> applyAll(List<String> common, Stream<AbstractDelta<String>> changes) {
        Patch<String> patch = new Patch<>();
        changes.sorted(Comparator.comparing(AbstractDelta::getSource, BY_PLACE)).forEach(patch::addDelta);
        try {
            return patch.applyTo(common);
        } catch (PatchFailedException e) {
            throw new IllegalStateException("all are changes of the same lines", e);
        }
    }

    /** Returns whether all lines of the join are removed, and all lines that it had replaced are restored. */
    boolean isReverted(byte[] written) {
        return DiffUtils.diff(before, lines(written)).getDeltas().stream()
                .allMatch(delta ->
                        delta.getTarget().getLines().stream().allMatch(line -> count(now, line) <= count(before, line))
                                && delta.getSource().getLines().stream()
                                        .allMatch(line -> count(now, line) >= count(before, line)));
    }

    /** Returns whether both change the same line, or insert lines at the same place. */
    private static boolean conflict(AbstractDelta<String> one, AbstractDelta<String> other) {
        Chunk<String> first = one.getSource();
        Chunk<String> second = other.getSource();
        boolean overlap = first.getPosition() < end(second) && second.getPosition() < end(first);
        boolean sameGap = first.size() == 0 && second.size() == 0 && first.getPosition() == second.getPosition();
        return overlap || sameGap;
    }

    private static int end(Chunk<String> chunk) {
        return chunk.getPosition() + chunk.size();
    }

    private static int count(List<String> lines, String line) {
        return Collections.frequency(lines, line);
    }

    private static List<String> lines(byte[] content) {
        return List.of(new String(content, ENCODING).split("\n", -1));
    }

    private static byte[] bytes(List<String> lines) {
        return String.join("\n", lines).getBytes(ENCODING);
    }
}
