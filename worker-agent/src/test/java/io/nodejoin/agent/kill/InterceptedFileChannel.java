package io.nodejoin.agent.kill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file whose writes come in two halves, so that a kill may find it half written. */
final class InterceptedFileChannel extends FileChannel {
    private final FileChannel plain;
    private final EffectListener effects;

    InterceptedFileChannel(FileChannel plain, EffectListener effects) {
        this.plain = plain;
        this.effects = effects;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int end = source.limit();
        int written = 0;
        for (int limit : new int[] {source.position() + source.remaining() / 2, end}) {
            effects.beforeEffect("write");
            source.limit(limit);
            written += plain.write(source);
        }
        return written;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        effects.beforeEffect("sync");
        plain.force(metaData);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        if (size < plain.size()) {
            effects.beforeEffect("truncate");
        }
        plain.truncate(size);
        return this;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return plain.read(target);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return plain.read(targets, offset, length);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return plain.read(target, position);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw notUsed();
    }

    @Override
    public int write(ByteBuffer source, long position) {
        throw notUsed();
    }

    @Override
    public long position() throws IOException {
        return plain.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        plain.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return plain.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return plain.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw notUsed();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw notUsed();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw notUsed();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw notUsed();
    }

    @Override
    protected void implCloseChannel() throws IOException {
        plain.close();
    }

    private static UnsupportedOperationException notUsed() {
        return new UnsupportedOperationException("a write that would not be watched");
    }
}
