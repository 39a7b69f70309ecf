using System.Globalization;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Activity;

/// <summary>What is known of one run of a machine from look to look. It is idle from the moment on that is told here, never from one that nobody has seen: a hub that comes back begins anew.</summary>
internal sealed class MachineWatch(MachineRecord machine, DateTimeOffset now)
{
    private const double BusyProcessors = 0.05, BusyGpu = 0.05;

    /// <summary>In a shorter time a processor's clock tells nothing.</summary>
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string, string?, string), DateTimeOffset> _since = [];
    private DateTimeOffset _quietSince = now, _looked = now;
    private (DateTimeOffset Time, double Cpu, double Work)? _mark;
    private (DateTimeOffset Time, double Cpu)? _sampled;
    private DateTimeOffset? _input;
    private bool _isFirst = true, _works;
    private long _minute, _touched;

    /// <summary>Which run of the machine.</summary>
    public int Run { get; } = machine.Run;

    /// <summary>What is at work, with what names it in <c>/api/runs</c>.</summary>
    public IReadOnlyList<(BusyWith Thing, string? Id)> Busy { get; private set; } = [];

    /// <summary>What was last at work; null when this hub has seen nothing.</summary>
    public BusyWith? LastBusy { get; private set; }

    /// <summary>Whether its lab answered.</summary>
    public bool Answers { get; private set; }

    /// <summary>Since when it is idle; null while something works, and when it does not answer.</summary>
    public DateTimeOffset? IdleSince => Answers && Busy.Count == 0 ? _quietSince : null;

    public double? Cpu { get; private set; }

    public long? Memory { get; private set; }

    public GpuUse? Gpu { get; private set; }

    /// <summary>What its lab shows of a stop.</summary>
    public string? Shown { get; private set; }

    /// <summary>When it was said that it will be stopped; null when it was not.</summary>
    public DateTimeOffset? Warned { get; set; }

    /// <summary>When an automatic stop that waits is tried again.</summary>
    public DateTimeOffset AskAgain { get; set; }

    /// <summary>An automatic stop that is on its way.</summary>
    public Task Stopping { get; set; } = Task.CompletedTask;

    /// <summary>Somebody has done something in the machine that its lab does not see. From any thread.</summary>
    public void Touch(DateTimeOffset now) => Interlocked.Exchange(ref _touched, now.UtcTicks);

    /// <summary>Takes what a look has seen.</summary>
    /// <param name="work">What its lab said; null when it did not answer.</param>
    /// <param name="gpu">What its GPUs do; null without any.</param>
    /// <param name="now">When.</param>
    /// <returns>A sample of the minute that has begun; null within a minute.</returns>
    public UsageSample? Take(LabWork? work, GpuUse? gpu, DateTimeOffset now)
    {
        (Answers, Gpu, Memory, Shown) = (work is not null, gpu, work?.Memory, work?.Warning?.Text);
        if (work is null)
        {
            // Nobody knows what it does: that is no idle time.
            (_quietSince, Busy, Cpu, _looked) = (now, [], null, now);
            return null;
        }
        Measure(work);
        Busy = Things(work, gpu, now);
        if (Busy.Count > 0) (_quietSince, LastBusy) = (now, Busy[0].Thing);
        // The machine's clock is its own: an input is new when it is another one, and was at most a look ago.
        if (!_isFirst && work.LastInput is { } input && input != _input) _quietSince = Latest(_quietSince, _looked, Earliest(now, now - (work.Time - input)));
        if (Interlocked.Read(ref _touched) is > 0 and var touched) _quietSince = Latest(_quietSince, new DateTimeOffset(touched, TimeSpan.Zero));
        (_input, _isFirst, _looked) = (work.LastInput, false, now);
        return Sample(work, now);
    }

    private void Measure(LabWork work)
    {
        // A lab that was started anew counts what it sees, which may be less.
        if (_mark is not { } mark || work.CpuSeconds < mark.Cpu)
        {
            _mark = (work.Time, work.CpuSeconds, work.WorkSeconds);
            return;
        }
        var span = work.Time - mark.Time;
        if (span < ShortestSpan) return;
        Cpu = (work.CpuSeconds - mark.Cpu) / span.TotalSeconds;
        _works = (work.WorkSeconds - mark.Work) / span.TotalSeconds > BusyProcessors;
        _mark = (work.Time, work.CpuSeconds, work.WorkSeconds);
    }

    private List<(BusyWith, string?)> Things(LabWork work, GpuUse? gpu, DateTimeOffset now)
    {
        var found = (work.Busy ?? []).Where(thing => thing is { Kind: not null }).Select(thing => (thing.Kind, thing.Id, Name: Short(thing.Name ?? thing.Kind), Since: Earliest(now, now - (work.Time - thing.Since)))).ToList();
        // What has a name uses processors and GPUs, too.
        if (found.Count == 0 && _works) found.Add(("processes", null, Short(work.Busiest ?? "processes"), now));
        if (found.Count == 0 && gpu is { Utilisation: > BusyGpu } use) found.Add(("gpu", null, string.Create(CultureInfo.InvariantCulture, $"GPU at {use.Utilisation:P0}"), now));
        var keys = found.Select(thing => KeyOf(thing.Kind, thing.Id, thing.Name)).ToHashSet();
        foreach (var gone in _since.Keys.Where(key => !keys.Contains(key)).ToArray()) _since.Remove(gone);
        foreach (var thing in found) _since.TryAdd(KeyOf(thing.Kind, thing.Id, thing.Name), thing.Since);
        return [.. found.Select(thing => (new BusyWith(thing.Kind, thing.Name, _since[KeyOf(thing.Kind, thing.Id, thing.Name)]), thing.Id))];
    }

    /// <summary>What is measured has another name at each look, and is the same.</summary>
    private static (string, string?, string) KeyOf(string kind, string? id, string name) => kind is "processes" or "gpu" ? (kind, null, "") : (kind, id, name);

    private UsageSample? Sample(LabWork work, DateTimeOffset now)
    {
        var minute = now.ToUnixTimeSeconds() / 60;
        if (minute == _minute) return null;
        UsageSample? sample = null;
        if (_sampled is { } since && work.CpuSeconds >= since.Cpu)
        {
            var span = work.Time - since.Time;
            if (span < ShortestSpan) return null;
            sample = new UsageSample(DateTimeOffset.FromUnixTimeSeconds(minute * 60), (work.CpuSeconds - since.Cpu) / span.TotalSeconds, work.Memory, Gpu?.Utilisation, Gpu?.Memory);
        }
        (_minute, _sampled) = (minute, (work.Time, work.CpuSeconds));
        return sample;
    }

    private static string Short(string name) => name.Length > 200 ? name[..200] : name;

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Latest(params DateTimeOffset[] times) => times.Max();
}
