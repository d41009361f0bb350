package io.nodejoin.activities;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks into the arguments of an activity for what it works for. */
final class ActivityArguments {
    /** A request holds a reference, which holds the id. */
    private static final int MAX_DEPTH = 3;

    private ActivityArguments() {}

    /** Returns the first value of this type among the arguments and their components, in lists as well. */
    static <T> Optional<T> find(Class<T> type, @Nullable Object[] arguments) {
        return find(type, Arrays.asList(arguments), MAX_DEPTH);
    }

    private static <T> Optional<T> find(Class<T> type, @Nullable Object value, int depth) {
        return switch (value) {
            case Object found when type.isInstance(found) -> Optional.of(type.cast(found));
            case List<?> list ->
                list.stream().flatMap(item -> find(type, item, depth).stream()).findFirst();
            case Record holder
            when depth > 0 ->
                components(holder)
                        .flatMap(item -> find(type, item, depth - 1).stream())
                        .findFirst();
            case null, default -> Optional.empty();
        };
    }

    private static Stream<@Nullable Object> components(Record holder) {
        return Arrays.stream(holder.getClass().getRecordComponents()).map(component -> read(component, holder));
    }

    private static @Nullable Object read(RecordComponent component, Record holder) {
        try {
            return component.getAccessor().invoke(holder);
        } catch (ReflectiveOperationException _) { // a record that is not public holds nothing that is looked for
            return null;
        }
    }
}
