using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;

namespace Holdfast.Hub.Desktop;

/// <summary>How a desktop is now.</summary>
/// <param name="IsRunning">Whether there is one.</param>
/// <param name="Width">In pixels; 0 for none.</param>
/// <param name="Height">In pixels; 0 for none.</param>
internal readonly record struct DesktopState(bool IsRunning, int Width, int Height);

/// <summary>The desktops of machines: they run inside, and are seen by a socket in the meeting folder.</summary>
internal sealed partial class MachineDesktops(HubOptions options, AuditLog audit, TimeProvider time)
{
    /// <summary>The size of one that nobody has said a size of.</summary>
    public const string UsualSize = "1280x800";

    private const int PictureWidth = 480, LeastSide = 320, MostSide = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How old a picture may be that is shown again.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, Shot> _shots = new();

    /// <summary>Starts it where there is none, and says how it is.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="machine">Where.</param>
    /// <param name="size">As <c>1280x800</c>; null for the usual one. One that runs keeps its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<DesktopState>> StartAsync(Caller caller, MachineRecord machine, string? size, CancellationToken cancellationToken)
    {
        if (Refusal(caller, machine) is { } fault) return fault;
        if (size is not null && !IsSize(size)) return new HubFault("bad-request", $"A size is written as {UsualSize}, each side {LeastSide} to {MostSide}, not '{size}'.");
        if ((await StateAsync(machine, cancellationToken)) is { IsRunning: true } already) return already;
        var asked = await AskAsync(machine, new DesktopOrder(Stop: false, machine.Spec.Name, size ?? UsualSize), cancellationToken);
        if (asked is not null) return asked;
        audit.Write(caller.Name, "desktop.start", machine.Spec.Name, size ?? UsualSize);
        return await StateAsync(machine, cancellationToken);
    }

    /// <summary>Ends it, and what runs in it.</summary>
    public async Task<HubResult<DesktopState>> StopAsync(Caller caller, MachineRecord machine, CancellationToken cancellationToken)
    {
        if (Refusal(caller, machine) is { } fault) return fault;
        if ((await StateAsync(machine, cancellationToken)) is { IsRunning: false } none) return none;
        if (await AskAsync(machine, new DesktopOrder(Stop: true, machine.Spec.Name, UsualSize), cancellationToken) is { } problem) return problem;
        audit.Write(caller.Name, "desktop.stop", machine.Spec.Name, null);
        return default(DesktopState);
    }

    /// <summary>How it is.</summary>
    public async Task<DesktopState> StateAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (!MayBe(machine)) return default;
        try
        {
            using var limit = Limited(cancellationToken);
            using var socket = await ConnectAsync(machine, limit.Token);
            var seen = await RfbSession.OpenAsync(socket, limit.Token);
            return new DesktopState(true, seen.Width, seen.Height);
        }
        catch (Exception fault) when (IsSilence(fault, cancellationToken))
        {
            return default;
        }
    }

    /// <summary>A connection to it that speaks as VNC does.</summary>
    /// <exception cref="SocketException">There is none.</exception>
    public ValueTask<Socket> ConnectAsync(MachineRecord machine, CancellationToken cancellationToken) => new Upstream(machine, null, SocketOf(machine)).ConnectAsync(cancellationToken);

    /// <summary>A small picture of it, PNG, at most 10 s old; null when there is none. All who ask at once get the same.</summary>
    public async Task<byte[]?> PictureAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var (id, old) in _shots)
        {
            if (now - old.Taken > Recent) _shots.TryRemove(new(id, old));
        }
        var shot = _shots.GetOrAdd(machine.Id, _ => new Shot(now, new Lazy<Task<byte[]?>>(() => TakeAsync(machine))));
        return await shot.Picture.Value.WaitAsync(cancellationToken);
    }

    private async Task<byte[]?> TakeAsync(MachineRecord machine)
    {
        if (!MayBe(machine)) return null;
        try
        {
            using var limit = Limited(CancellationToken.None);
            using var socket = await ConnectAsync(machine, limit.Token);
            var seen = await RfbSession.OpenAsync(socket, limit.Token);
            var small = new SmallPicture(seen.Width, seen.Height, PictureWidth);
            await seen.ReadPictureAsync(small.Add, limit.Token);
            return small.ToPng();
        }
        catch (Exception fault) when (IsSilence(fault, CancellationToken.None))
        {
            return null;
        }
    }

    private async Task<HubFault?> AskAsync(MachineRecord machine, DesktopOrder order, CancellationToken cancellationToken)
    {
        var asked = await InsideCall.AskAsync(options, machine, "desktop", order, DesktopJson.Default.DesktopOrder, DesktopJson.Default.DesktopAnswer, cancellationToken);
        _shots.TryRemove(machine.Id, out _);
        return asked.Ok ? asked.Value.Problem is { } problem ? new HubFault("unavailable", problem) : null : asked.Fault;
    }

    /// <summary>Whether there may be one: whether it answers costs a connection.</summary>
    private bool MayBe(MachineRecord machine) => machine.State == MachineState.Running && (machine.Node is not null || File.Exists(SocketOf(machine)));

    private string SocketOf(MachineRecord machine) => options.SocketOf(machine, Meeting.DesktopSocket);

    private static CancellationTokenSource Limited(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        return limit;
    }

    private static bool IsSilence(Exception fault, CancellationToken cancellationToken) => fault is IOException or SocketException || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static HubFault? Refusal(Caller caller, MachineRecord machine) => !caller.MayWrite ? HubFault.OnlyReads
        : machine.State != MachineState.Running ? MachineRules.NotRunning(machine) : null;

    private static bool IsSize(string size) =>
        Size().Match(size) is { Success: true } match && int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) is >= LeastSide and <= MostSide && int.Parse(match.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) is >= LeastSide and <= MostSide;

    [GeneratedRegex(@"^([0-9]{3,4})x([0-9]{3,4})\z")]
    private static partial Regex Size();

    private sealed record Shot(DateTimeOffset Taken, Lazy<Task<byte[]?>> Picture);
}
