package io.nodejoin.activities;

import io.nodejoin.protocol.JoinId;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Puts the id of the join or leave that an activity works for into the context of its log lines, as {@code join}. */
public final class JoinLogContext extends WorkerInterceptorBase {
    private static final String JOIN = "join";
    /** A request holds a reference, which holds the id. */
    private static final int MAX_DEPTH = 3;

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                Optional<JoinId> join = find(Arrays.asList(input.getArguments()), MAX_DEPTH);
                if (join.isEmpty()) {
                    return super.execute(input);
                }
                try (MDC.MDCCloseable _ = MDC.putCloseable(JOIN, join.get().value())) {
                    return super.execute(input);
                }
            }
        };
    }

    static Optional<JoinId> find(@Nullable Object value, int depth) {
        return switch (value) {
            case JoinId id -> Optional.of(id);
            case List<?> list ->
                list.stream().flatMap(item -> find(item, depth).stream()).findFirst();
            case Record holder
            when depth > 0 ->
                components(holder)
                        .flatMap(item -> find(item, depth - 1).stream())
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
        } catch (ReflectiveOperationException _) { // a record that is not public holds no id that is to be logged
            return null;
        }
    }
}
