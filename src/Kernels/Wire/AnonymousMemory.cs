using System.Buffers;
using System.Runtime.InteropServices;

namespace Holdfast.Kernels.Wire;

/// <summary>
/// Memory straight from the system: a page costs nothing until it is written to, and all of it is given back at once. The managed heap
/// would keep the 50 MB of one large message until some later collection, and would hand out the 256 KiB of an idle channel zeroed.
/// </summary>
internal sealed unsafe partial class AnonymousMemory : MemoryManager<byte>
{
    private const int ReadWrite = 0x3;
    private static readonly int PrivateAnonymous = OperatingSystem.IsMacOS() ? 0x1002 : 0x22;

    private readonly int _length;
    private byte* _start;

    public AnonymousMemory(int length)
    {
        var start = Map(0, (nuint)length, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1) throw new InsufficientMemoryException($"The system has no {length} bytes for a message of a kernel.");
        _start = (byte*)start;
        _length = length;
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new Span<byte>(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(_start + elementIndex);
    }

    public override void Unpin() { }

    protected override void Dispose(bool disposing)
    {
        if (_start is null) return;
        _ = Unmap((nint)_start, (nuint)_length);
        _start = null;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);
}
