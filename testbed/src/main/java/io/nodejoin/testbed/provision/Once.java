package io.nodejoin.testbed.provision;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A value that is made when it is first asked for; who asks meanwhile waits. A failure is not remembered. */
final class Once<T> implements Supplier<T> {
    private final Supplier<T> make;
    private @Nullable T made;

    Once(Supplier<T> make) {
        this.make = make;
    }

    @Override
    public synchronized T get() {
        T value = made;
        if (value == null) {
            value = make.get();
            made = value;
        }
        return value;
    }
}
