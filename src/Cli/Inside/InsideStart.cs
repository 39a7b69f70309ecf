using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Hub.Inside;

namespace Holdfast.Cli.Inside;

/// <summary>The first process of a machine: the start sequence, and then the shell that keeps a lab running. A lab that is killed comes back, and finds its kernels.</summary>
internal static partial class InsideStart
{
    private const string Shell = "/bin/sh";

    /// <summary>A lab that ends by itself (Shut Down in the page) ends the machine; one that cannot even start does after the third time.</summary>
    private const string KeepLab = """
        quick=0
        trap 'ending=yes; kill -TERM $lab 2>/dev/null' TERM INT HUP
        while :; do
          began=$(date +%s 2>/dev/null || echo 0)
          "$0" inside lab & lab=$!
          while :; do wait $lab; code=$?; kill -0 $lab 2>/dev/null || break; done
          [ $code = 0 ] || [ -n "$ending" ] && exit $code
          now=$(date +%s 2>/dev/null || echo 0)
          [ $((now - began)) -gt 10 ] && quick=0
          quick=$((quick + 1))
          [ $quick = 3 ] && exit $code
        done
        """;

    public static async Task<int> RunAsync(string meeting, CancellationToken cancellationToken)
    {
        StartOrders orders;
        try
        {
            orders = Meeting.ReadOrders(meeting);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return Output.Fail($"{meeting} has no orders of a hub: {e.Message} 'holdfast inside' is run by a hub, in a machine.");
        }
        var sequence = new StartSequence(meeting, orders, TimeProvider.System);
        await sequence.RunAsync(cancellationToken);
        if (File.Exists(Shell)) BecomeShell();
        return await InsideLab.RunAsync(meeting, cancellationToken);
    }

    /// <summary>Goes on as a shell, with what hooks have exported; returns when that cannot be.</summary>
    private static void BecomeShell()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(pair => $"{pair.Key}={pair.Value}");
        _ = Execute(Shell, [Shell, "-c", KeepLab, Environment.ProcessPath!, null], [.. variables, null]);
        Console.Error.WriteLine($"holdfast: {Shell} cannot be started ({new Win32Exception().Message}); a lab that is killed does not come back.");
    }

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string path, string?[] arguments, string?[] variables);
}
