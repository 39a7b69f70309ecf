using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Images;
using Holdfast.Hub.Machines;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Jobs;

/// <summary>
/// Runs what a job imports in the job's environment before it is queued, without its code, secrets and GPUs. Only what is sure to fail refuses a job: an environment that cannot be started now, or
/// an import that takes too long, is the job's own to find out.
/// </summary>
internal sealed class JobSmoke(HubOptions options, JobStart starter, TimeProvider time, ILogger<JobSmoke> log)
{
    private const int MostRemembered = 1000, AtOnce = 2, NoPython = 127;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim _turn = new(AtOnce);
    private readonly ConcurrentDictionary<string, bool> _passed = new();

    /// <summary>Null, or fault <c>imports-fail</c> with each import that fails and the mend.</summary>
    /// <param name="owner">Whose job it is to be.</param>
    /// <param name="spec">All of it.</param>
    /// <param name="environment">The machine's environment that it is to run in; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubFault?> RunAsync(string owner, JobSpec spec, JobEnvironment? environment, CancellationToken cancellationToken)
    {
        if (spec.Imports.Count == 0 || options.Engines.GetValueOrDefault(JobRules.EngineOf(spec)) is not { SchedulesItself: false } engine) return null;
        // An image that is to be fetched first is fetched when the job has its turn.
        var image = engine is IImageStore store && spec.Image is { } name ? await store.FindImageAsync(name, cancellationToken) : await engine.PrepareAsync(spec.Image, null, cancellationToken);
        if (!image.Ok) return null;
        var python = spec.Command.FirstOrDefault(IsPython);
        var known = environment?.Fingerprint ?? image.Value.Reference;
        // The host's own system changes without anybody saying so.
        var key = known is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [known, python, .. spec.Imports.Select(each => each.Statement)]))));
        if (key is not null && _passed.ContainsKey(key)) return null;

        var job = new JobRecord
        {
            Id = $"c{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
            Number = 0,
            Spec = spec with { Command = ImportRun.Command(spec.Imports, python), PassAs = "none", Code = null, Secrets = [], Sweep = null, Shards = 1, Resources = spec.Resources with { Gpu = 0 } },
            Owner = owner,
            State = JobState.Preparing,
            Output = JobOutputFolder.Storage,
            Created = time.GetUtcNow(),
            Environment = environment,
        };
        await _turn.WaitAsync(cancellationToken);
        try
        {
            HubFolders.Make(options.Folders.JobOf(job.Id));
            var started = await starter.RunAsync(engine, job, image.Value, cancellationToken);
            var run = started.Ok ? await ShortRun.EndAsync(engine, started.Value.Id, options.Folders.LogOf(job.Id), Longest, time, cancellationToken) : started.Fault;
            if (!run.Ok)
            {
                JobsLog.NoSmoke(log, spec.Name!, run.Fault.Message);
                return null;
            }
            if (run.Value.ExitCode == 0 && key is not null)
            {
                if (_passed.Count >= MostRemembered) _passed.Clear();
                _passed[key] = true;
            }
            var failures = ImportRun.Failures(spec.Imports, run.Value.Output, JobShape.Of(spec.Resources, options.Settings).Gpus > 0);
            if (run.Value.ExitCode == NoPython) failures = [$"There is no {python ?? "python3"}."];
            else if (run.Value.ExitCode != 0 && failures.Count == 0) JobsLog.NoSmoke(log, spec.Name!, $"exit code {run.Value.ExitCode}: {run.Value.Output}");
            return failures.Count == 0 ? null
                : new HubFault("imports-fail", $"{Where(spec)} has not all that {spec.Name} imports:\n  {string.Join("\n  ", failures)}\nMend: {Mend(spec)}; or without this look (--no-smoke), when the job itself brings it.");
        }
        finally
        {
            await engine.StopAsync(JobStart.WorkloadOf(job), TimeSpan.Zero, CancellationToken.None);
            await starter.ClearAsync(engine, job, CancellationToken.None);
            FolderCopy.Remove(options.Folders.JobOf(job.Id));
            _turn.Release();
        }
    }

    private static bool IsPython(string word) => Path.GetFileName(word) is var name && name.StartsWith("python", StringComparison.Ordinal) && name["python".Length..].All(letter => char.IsAsciiDigit(letter) || letter == '.');

    private static string Where(JobSpec spec) => spec switch
    {
        { Machine: { } machine } => $"The environment of {machine}",
        { Image: { } image } => $"The image {image}",
        _ => "The hub's own system",
    };

    private static string Mend(JobSpec spec) => spec switch
    {
        { Machine: { } machine } => $"install it in {machine}",
        { Image: not null } => "add it to the image's recipe and build it (holdfast image build)",
        _ => "--machine NAME takes the environment of a machine",
    };
}
