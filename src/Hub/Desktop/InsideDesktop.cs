using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Hub.Inside;

namespace Holdfast.Hub.Desktop;

/// <summary>
/// What <c>holdfast inside desktop</c> does in a machine. The desktop is nobody's child: it goes on when who has started it ends. Its files lie in the meeting folder, which
/// is made anew at each start of the machine.
/// </summary>
public static class InsideDesktop
{
    private const string Mend = "mend: apt-get install --no-install-recommends tigervnc-standalone-server jwm xterm fonts-dejavu-core xkb-data, or an image with these (docs/desktop.md has the recipe).";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Step = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Servers = ["Xvnc", "Xtigervnc"];

    /// <summary>The verb: reads a <see cref="DesktopOrder"/> and writes a <see cref="DesktopAnswer"/>, both JSON. Exit code 0, 1 with a problem.</summary>
    public static async Task<int> RunAsync(string meeting, Stream input, Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        var order = (await JsonSerializer.DeserializeAsync(input, DesktopJson.Default.DesktopOrder, cancellationToken))!;
        string? problem;
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(meeting, "desktop"), OwnerOnly | UnixFileMode.UserExecute).FullName;
            // Two that start it take turns.
            await using var turn = await TurnAsync(Path.Combine(folder, "lock"), cancellationToken);
            var socket = Path.Combine(Meeting.SocketsOf(meeting), Meeting.DesktopSocket);
            problem = order.Stop ? await StopAsync(folder, socket, cancellationToken) : await Answers(socket) ? null : await StartAsync(folder, socket, order, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problem = fault.Message;
        }
        await JsonSerializer.SerializeAsync(output, new DesktopAnswer(problem), DesktopJson.Default.DesktopAnswer, cancellationToken);
        return problem is null ? 0 : 1;
    }

    private static async Task<string?> StartAsync(string folder, string socket, DesktopOrder order, CancellationToken cancellationToken)
    {
        if (Servers.Select(DesktopSession.Find).FirstOrDefault(found => found is not null) is not { } server) return $"There is no Xvnc in this machine; {Mend}";
        if (DesktopSession.Choose(folder) is not { } session) return $"There is no window manager in this machine, of jwm, openbox, icewm and fluxbox; {Mend}";
        if (DesktopSession.Find("setsid") is not { } setsid) return "There is no setsid in this machine; mend: an image with util-linux.";
        WriteAuthority(Path.Combine(folder, "authority"));
        var (log, script) = (Path.Combine(folder, "log"), Path.Combine(folder, "desktop.sh"));
        await File.WriteAllTextAsync(script, Pages.Style.Resource("desktop.sh"), cancellationToken);

        // Its own session, and none of our files: whoever has started it does not wait for it, and takes nothing with them.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec </dev/null >\"$0\" 2>&1; exec \"$@\"", log, setsid, "/bin/sh", script, folder, socket, order.Size, order.Name, server, .. session]);
        using var process = Process.Start(start)!;
        var began = Stopwatch.GetTimestamp();
        // Windows are opened by that file.
        while (!File.Exists(Path.Combine(folder, "environment")) || !await Answers(socket))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Patience) return $"The desktop did not start. Its last words: {LastWords.Of(log).Trim()}";
            await Task.Delay(Step, cancellationToken);
        }
        return null;
    }

    private static async Task<string?> StopAsync(string folder, string socket, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "pid");
        if (!await Answers(socket) || !File.Exists(file)) return null;
        var pid = int.Parse((await File.ReadAllTextAsync(file, cancellationToken)).Trim(), CultureInfo.InvariantCulture);
        // The number may be another process' by now.
        if (!(await File.ReadAllTextAsync($"/proc/{pid}/cmdline", cancellationToken)).Contains(socket, StringComparison.Ordinal)) return "The desktop was started by somebody else; mend: end its X server.";
        using var kill = Process.Start("/bin/sh", ["-c", "kill \"$0\"", pid.ToString(CultureInfo.InvariantCulture)]);
        var began = Stopwatch.GetTimestamp();
        while (await Answers(socket))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) return "Its X server does not end.";
            await Task.Delay(Step, cancellationToken);
        }
        return null;
    }

    private static async Task<bool> Answers(string socket)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<FileStream> TurnAsync(string file, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(Step, cancellationToken);
            }
        }
    }

    /// <summary>Who may draw: whoever reads this file. An entry for any display (Xau(3): family, address, number, name, data; lengths before each, big-endian).</summary>
    private static void WriteAuthority(string path)
    {
        File.Delete(path);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        var name = "MIT-MAGIC-COOKIE-1"u8;
        file.Write([0xff, 0xff, 0, 0, 0, 0, 0, (byte)name.Length, .. name, 0, 16, .. RandomNumberGenerator.GetBytes(16)]);
    }
}
