namespace Holdfast.Lab.Recording;

/// <summary>What the keeper says in a kernel's journal.</summary>
internal static class KeeperEvent
{
    /// <summary>The event's name; empty when it has none.</summary>
    public static string NameOf(ReadOnlySpan<byte> json)
    {
        foreach (var name in (ReadOnlySpan<string>)["restarting", "dead", "shutdown", "gap"])
        {
            if (MessageJson.TextIs(json, "event"u8, System.Text.Encoding.ASCII.GetBytes(name)))
                return name;
        }
        return "";
    }
}
