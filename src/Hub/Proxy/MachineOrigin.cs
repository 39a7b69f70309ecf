using System.Globalization;

namespace Holdfast.Hub.Proxy;

/// <summary>An origin below the hub's domain: a machine's lab, <c>NAME.</c>, or a port inside it, <c>PORT--NAME.</c> (a machine's name has no <c>--</c>).</summary>
/// <param name="Name">The machine's name.</param>
/// <param name="Port">The port inside; null for the lab.</param>
internal readonly record struct MachineOrigin(string Name, int? Port)
{
    private const string Between = "--";

    /// <summary>What stands before the domain.</summary>
    public string Label => Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{port}{Between}{Name}") : Name;

    /// <summary>Reads what stands before the domain; null when it names no machine.</summary>
    public static MachineOrigin? Parse(string label)
    {
        if (label.Contains('.', StringComparison.Ordinal)) return null;
        var between = label.IndexOf(Between, StringComparison.Ordinal);
        if (between < 0) return new MachineOrigin(label, null);
        return PortIn(label[..between]) is { } port ? new MachineOrigin(label[(between + Between.Length)..], port) : null;
    }

    /// <summary>A port, written without sign and leading zeros: one origin has one name; null for anything else.</summary>
    public static int? PortIn(string? text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 && text![0] != '0' ? port : null;
}
