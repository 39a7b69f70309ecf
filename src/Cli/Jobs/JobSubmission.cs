using Holdfast.Cli.Hub;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Jobs;

namespace Holdfast.Cli.Jobs;

/// <summary>The way from what somebody wants to a job of a hub.</summary>
/// <param name="wish">What is to run.</param>
internal sealed class JobSubmission(JobWish wish) : IDisposable
{
    private CodeFolder? _folder;
    private CodeArchive? _archive;

    /// <summary>What goes along.</summary>
    public IReadOnlyList<CodeFile> Files { get; private set; } = [];

    /// <summary>What it is to do.</summary>
    public JobSpec? Spec { get; private set; }

    /// <summary>The folder that the files are of; null when there are none.</summary>
    public CodeFolder? Folder => Files.Count > 0 ? _folder : null;

    /// <summary>Of the archive of the files.</summary>
    public long ArchiveLength => _archive?.File.Length ?? 0;

    /// <summary>Makes ready what is sent; nothing is. Null, or what is wrong.</summary>
    public async Task<string?> PrepareAsync(CancellationToken cancellationToken)
    {
        // :: 1. The folder, and what runs in it.
        (_folder, var problem) = CodeFolder.Of(wish.Code, JobProgram.FolderOf(wish));
        if (_folder is null) return problem;
        if (wish.NoCode) _folder = new CodeFolder(JobProgram.FolderOf(wish));
        (var program, problem) = JobProgram.Of(wish, _folder);
        if (program is null) return problem;
        wish = program.Wish;

        // :: 2. The files.
        var made = program.Files.Select(file => file.Path).ToHashSet();
        Files = [.. (wish.NoCode ? [] : _folder.Files()).Where(file => !made.Contains(file.Path)).Concat(program.Files).OrderBy(file => file.Path, StringComparer.Ordinal)];
        if (CodeArchive.Problem(Files) is { } unfit) return unfit;

        // :: 3. The archive.
        if (Files.Count > 0)
        {
            using var progress = new Progress("Packing", Files.Sum(file => file.Length));
            (_archive, problem) = await CodeArchive.PackAsync(Files, progress.Tell, cancellationToken);
            if (_archive is null) return problem;
        }

        // :: 4. The job.
        Spec = new JobSpec
        {
            Name = wish.Name,
            Command = program.Command,
            Image = wish.Image,
            Engine = wish.Engine,
            Nodes = wish.Nodes ?? 1,
            Partition = wish.Partition,
            Environment = wish.Environment,
            Machine = wish.Machine ?? (wish is { Image: null, Engine: not "slurm" } && Surroundings.Variables.GetValueOrDefault("HOLDFAST_MACHINE_NAME") is { Length: > 0 } here ? here : null),
            Code = _archive is null ? null : $"sha256:{_archive.Hash}",
            Notebook = program.Notebook,
            Parameters = wish.Parameters,
            PassAs = program.PassAs,
            Env = Variables(),
            Secrets = wish.Secrets,
            Resources = wish.Resources,
            Output = wish.Output,
            Shards = wish.Shards ?? 1,
            Priority = wish.Priority,
            After = wish.After,
            MaxDuration = wish.MaxDuration,
            StopGrace = wish.StopGrace,
            Retry = wish.Retry,
            Sweep = wish.Sweep,
            Imports = wish.Smoke == "none" ? [] : program.Imports(OwnModules().Contains),
        };
        return null;
    }

    /// <summary>What the job would be. Code that the hub has not is no fault of a plan.</summary>
    public Task<HubReply> PlanAsync(HubClient hub, bool isSent, CancellationToken cancellationToken) => hub.SendAsync(HttpMethod.Post, "jobs/plan", isSent ? Spec! : Spec! with { Code = null }, HubJson.Default.JobSpec, cancellationToken);

    /// <summary>Whether the hub has the code already.</summary>
    public async Task<bool> IsSentAsync(HubClient hub, CancellationToken cancellationToken) => _archive is null || (await hub.GetAsync(CodePath, cancellationToken)).Fault is null;

    /// <summary>Sends what the hub has not, and submits; the job, or why there is none.</summary>
    public async Task<HubReply> SubmitAsync(HubClient hub, CancellationToken cancellationToken)
    {
        if (!await IsSentAsync(hub, cancellationToken))
        {
            _archive!.File.Position = 0;
            using var progress = new Progress("Sending", ArchiveLength);
            using var body = new StreamContent(new ToldStream(_archive.File, progress.Tell));
            body.Headers.ContentType = new("application/gzip");
            var sent = await hub.SendContentAsync(HttpMethod.Put, CodePath, body, cancellationToken);
            if (sent.Fault is not null) return sent;
        }
        return await hub.SendAsync(HttpMethod.Post, "jobs", Spec!, HubJson.Default.JobSpec, cancellationToken);
    }

    /// <summary>Writes the archive of the files.</summary>
    /// <param name="path">Where to; nothing is there yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WriteArchiveAsync(string path, CancellationToken cancellationToken)
    {
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        _archive!.File.Position = 0;
        await _archive.File.CopyToAsync(target, cancellationToken);
    }

    public void Dispose() => _archive?.Dispose();

    private string CodePath => $"jobs/code/{_archive!.Hash}";

    /// <summary>Names of the code's modules and packages, wherever in it they lie.</summary>
    private HashSet<string> OwnModules() => [.. Files.SelectMany(file => Path.ChangeExtension(file.Path, null).Split('/'))];

    /// <summary>The job's variables; what somebody has said comes before what is known here.</summary>
    private Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>();
        if (Folder is { Commit: { } commit, IsChanged: { } isChanged })
        {
            variables["HOLDFAST_GIT_COMMIT"] = commit;
            variables["HOLDFAST_GIT_DIRTY"] = isChanged ? "true" : "false";
        }
        // An empty one keeps the hub from naming a checkpoint.
        if (wish.Resume == "never") (variables["HOLDFAST_RESUME"], variables["HOLDFAST_RESUME_FROM"]) = ("never", "");
        foreach (var (name, value) in wish.Env) variables[name] = value;
        return variables;
    }
}
