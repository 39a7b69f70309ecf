namespace Holdfast.Kernels;

/// <summary>How channels are written in WebSocket messages.</summary>
internal static class ChannelNames
{
    public static ReadOnlySpan<byte> Of(KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => "shell"u8,
        KernelChannel.IOPub => "iopub"u8,
        KernelChannel.Stdin => "stdin"u8,
        KernelChannel.Control => "control"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(channel)),
    };

    public static bool TryParse(ReadOnlySpan<byte> name, out KernelChannel channel)
    {
        for (channel = KernelChannel.Shell; channel <= KernelChannel.Control; channel++)
            if (name.SequenceEqual(Of(channel))) return true;
        channel = default;
        return false;
    }
}
