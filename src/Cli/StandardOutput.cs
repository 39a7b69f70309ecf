using System.Runtime.InteropServices;

namespace Holdfast.Cli;

/// <summary>
/// Standard output that says when its reader has gone. Console's own stream takes no notice, so a program would go on to read gigabytes for nobody.
/// </summary>
internal sealed partial class StandardOutput : Stream
{
    /// <summary><see cref="Exception.HResult"/> of the <see cref="IOException"/> that says so: EPIPE.</summary>
    public const int ReaderGone = 32;

    private const int Interrupted = 4, TryAgain = 11;
    private const short Writable = 4;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            var written = 0;
            while (written < buffer.Length)
            {
                var count = WriteTo(1, first + written, buffer.Length - written);
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                var error = Marshal.GetLastPInvokeError();
                if (error == TryAgain) _ = Poll(new Wanted { Descriptor = 1, Events = Writable }, 1, -1);
                else if (error != Interrupted) throw new IOException($"standard output cannot be written: {Marshal.GetPInvokeErrorMessage(error)}.", error);
            }
        }
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteTo(int descriptor, byte* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(in Wanted wanted, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct Wanted
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
