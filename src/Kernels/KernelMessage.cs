namespace Holdfast.Kernels;

/// <summary>The channel of a kernel that a message travels on.</summary>
public enum KernelChannel : byte
{
    /// <summary>Requests and their replies.</summary>
    Shell,
    /// <summary>Broadcasts: outputs and states.</summary>
    IOPub,
    /// <summary>The kernel asks for input.</summary>
    Stdin,
    /// <summary>Requests that overtake shell: interrupt, shutdown, debug.</summary>
    Control,
}

/// <summary>
/// One Jupyter message without identities and signature: the four JSON parts as they travel, and the buffers.
/// From a sink call the memory is valid only during that call.
/// </summary>
public readonly record struct KernelMessage(
    ReadOnlyMemory<byte> Header,
    ReadOnlyMemory<byte> ParentHeader,
    ReadOnlyMemory<byte> Metadata,
    ReadOnlyMemory<byte> Content,
    IReadOnlyList<ReadOnlyMemory<byte>> Buffers)
{
    /// <summary>The bytes of all parts and buffers together.</summary>
    internal int PartsLength()
    {
        var length = checked(Header.Length + ParentHeader.Length + Metadata.Length + Content.Length);
        for (var i = 0; i < Buffers.Count; i++) length = checked(length + Buffers[i].Length);
        return length;
    }
}
