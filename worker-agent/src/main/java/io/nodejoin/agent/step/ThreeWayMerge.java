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

/** What is to become of a file that a join has written over and others have edited since: their lines stay, the join's go. */
final class ThreeWayMerge {
    private static final Comparator<Chunk<String>> BY_PLACE =
            Comparator.<Chunk<String>>comparingInt(Chunk::getPosition).thenComparingInt(Chunk::size);

    /** Each byte is a character of it, so what is no UTF-8 stays as it is. */
    private static final Charset ENCODING = StandardCharsets.ISO_8859_1;

    private final List<String> before;
    private final List<String> now;

    ThreeWayMerge(byte[] before, byte[] now) {
        this.before = lines(before);
        this.now = lines(now);
    }

    /** Without what the join has written; empty if others have edited the very lines that the join did. */
    Optional<byte[]> revert(byte[] written) {
        List<String> common = lines(written);
        List<AbstractDelta<String>> back = DiffUtils.diff(common, before).getDeltas();
        List<AbstractDelta<String>> edits = DiffUtils.diff(common, now).getDeltas();
        return back.stream().anyMatch(one -> edits.stream().anyMatch(other -> conflict(one, other)))
                ? Optional.empty()
                : Optional.of(bytes(applyAll(common, Stream.concat(back.stream(), edits.stream()))));
    }

    /** What is put in at a line goes before what becomes of that line. */
    private static List<String> applyAll(List<String> common, Stream<AbstractDelta<String>> changes) {
        Patch<String> patch = new Patch<>();
        changes.sorted(Comparator.comparing(AbstractDelta::getSource, BY_PLACE)).forEach(patch::addDelta);
        try {
            return patch.applyTo(common);
        } catch (PatchFailedException e) {
            throw new IllegalStateException("all are changes of the same lines", e);
        }
    }

    /** Whether no line of the join is there any more that was not there before, and each that it had replaced is. */
    boolean isReverted(byte[] written) {
        return DiffUtils.diff(before, lines(written)).getDeltas().stream()
                .allMatch(delta ->
                        delta.getTarget().getLines().stream().allMatch(line -> count(now, line) <= count(before, line))
                                && delta.getSource().getLines().stream()
                                        .allMatch(line -> count(now, line) >= count(before, line)));
    }

    /** Whether both change the same line, or put lines in at the same place. */
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
