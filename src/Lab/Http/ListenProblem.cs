using System.Globalization;

namespace Holdfast.Lab.Http;

/// <summary>Says why a lab cannot listen.</summary>
internal static class ListenProblem
{
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static string Of(LabOptions options, Exception fault)
    {
        if (fault.InnerException is not Microsoft.AspNetCore.Connections.AddressInUseException)
            return $"Cannot listen on {options.Ip} port {options.Port}: {fault.Message.TrimEnd('.')}; mend: --ip and --port.";
        var owner = OwnerOf(options.Port) is { } found ? $" by {found}" : "";
        return $"Port {options.Port} is in use{owner}; mend: --port with another one, or --port 0 for any free one.";
    }

    /// <summary>Name and id of the process that listens on a TCP port of this machine; null when it is not ours to see.</summary>
    private static string? OwnerOf(int port)
    {
        var inodes = SocketTables.Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(row => row is [_, var local, _, "0A", ..] && local.EndsWith(string.Create(CultureInfo.InvariantCulture, $":{port:X4}"), StringComparison.Ordinal))
            .Select(row => $"socket:[{row[9]}]").ToHashSet();
        if (inodes.Count == 0)
            return null;
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[6])))
        {
            try
            {
                if (Directory.EnumerateFiles(Path.Join(process, "fd")).Any(link => new FileInfo(link).LinkTarget is { } target && inodes.Contains(target)))
                    return $"{File.ReadAllText(Path.Join(process, "comm")).Trim()} (process {Path.GetFileName(process)})";
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Another user's process, or one that has just ended.
            }
        }
        return null;
    }
}
