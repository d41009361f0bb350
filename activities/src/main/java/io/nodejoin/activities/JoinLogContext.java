package io.nodejoin.activities;

import io.nodejoin.protocol.JoinId;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.Optional;
import org.slf4j.MDC;

/** Puts the id of the join or leave that an activity works for into the context of its log lines, as {@code join}. */
public final class JoinLogContext extends WorkerInterceptorBase {
    private static final String JOIN = "join";

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new ActivityInboundCallsInterceptorBase(next) {
            @Override
            public ActivityOutput execute(ActivityInput input) {
                Optional<JoinId> join = ActivityArguments.find(JoinId.class, input.getArguments());
                if (join.isEmpty()) {
                    return super.execute(input);
                }
                try (MDC.MDCCloseable _ = MDC.putCloseable(JOIN, join.get().value())) {
                    return super.execute(input);
                }
            }
        };
    }
}
