using System.Globalization;
using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Images;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Jobs;

/// <summary>Makes a job's attempt ready and starts it. What an attempt changes beside its output is gone with it.</summary>
internal sealed class JobStart(HubOptions options, JobCode code, JobImages images, JobEnvironments environments, JobPackages packages, RegistryLogins logins, SecretStore secrets, ILogger<JobStart> log)
{
    // What a shell says of a program that is not there or may not be executed, 127 and 126, is what everybody knows.
    private static readonly string[] Shell = ["/bin/sh", "-c", "exec \"$@\"", "sh"];

    // What an engine begins anew by itself has no hub that tells it where it stands.
    private static readonly string[] Again = ["/bin/sh", "-c", """
        if [ "${HOLDFAST_REQUEUE:-0}" -gt 0 ]; then
          export HOLDFAST_ATTEMPT=$((HOLDFAST_ATTEMPT + HOLDFAST_REQUEUE))
          latest=$(ls "$AIP_CHECKPOINT_DIR" 2>/dev/null | grep -E '^[0-9]+(\.[0-9]+)?$' | sort -t. -k1,1n -k2,2n | while read -r step; do [ ! -f "$AIP_CHECKPOINT_DIR/$step/complete" ] || echo "$step"; done | tail -n 1)
          [ -z "$latest" ] || [ "${HOLDFAST_RESUME-}" = never ] || export HOLDFAST_RESUME_FROM="${AIP_CHECKPOINT_DIR%/}/$latest"
        fi
        exec "$@"
        """, "sh"];

    /// <summary>By which this hub's jobs are told apart from its machines.</summary>
    public static string OwnerLabel(HubFolders folders) => $"holdfast-jobs {folders.Root}";

    /// <summary>Names the workload of a job's attempt; what its engine has begun anew is still the same one.</summary>
    public static string WorkloadOf(JobRecord job) => $"{job.Id}-{job.Attempts.Count - (job.Attempts is [.., var last] ? last.Requeue : 0)}";

    /// <summary>Where a job runs; null when this hub has no such engine any more.</summary>
    public IEngine? EngineOf(JobRecord job) => options.Engines.GetValueOrDefault(JobRules.EngineOf(job.Spec));

    /// <summary>
    /// The image of a job: its own, fetched with its owner's login where it is not here, or that of its machine's layer; with its code on top; and in the hub's registry, when there is one. All
    /// attempts run the one that the first has made. Fault <c>registry-unavailable</c> when it is to be waited for. What is made for a job that runs elsewhere gets there by that registry.
    /// </summary>
    public async Task<EngineResult<EngineImage>> FetchAsync(IEngine engine, JobRecord job, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var maker = MakerOf(engine, job);
        if (maker is not IImageStore store || job.ImageReference is not null || (job.ImagePin ?? job.Spec.Image) is not { } name) return await engine.PrepareAsync(job.ImageReference ?? job.ImagePin ?? job.Spec.Image, progress, cancellationToken);
        var image = await maker.PrepareAsync(name, progress, cancellationToken);
        // The store tells what has failed, and logs in.
        if (image.Fault is { Code: "image-pull-failed" }) image = await store.PullImageAsync(name, LoginOf(job, name), progress, cancellationToken);
        if (image.Fault is { Code: "image-missing" } missing) return await MissingAsync(store, job, missing, cancellationToken);
        if (!image.Ok) return image;
        var isElsewhere = maker != engine;
        if (job.Spec.Code is null && !isElsewhere) return image;

        var below = image.Value.Reference!;
        if (job.Environment is { } environment)
        {
            if (environment.Layer is { } layer && maker is ILayerSnapshots layers) below = layers.ImageOf(environments.PlaceOf(environment), layer) ?? below;
            var wish = new JobHomeWish(below, environment.Machine, JobPlaces.HomeOf(job), environments.HomeOf(environment) ?? "", Surroundings.PathOf(image.Value));
            var home = await images.WithHomeAsync(wish, async folder => (await environments.PutHomeAsync(environment, folder, cancellationToken)).Problem, progress, cancellationToken);
            if (!home.Ok) return new EngineFault(home.Fault.Code == "unavailable" ? "unavailable" : "setup-failed", home.Fault.Message);
            below = home.Value;
        }
        string? digest = null;
        if (job.Spec.Code is { } sent)
        {
            var made = await images.MakeAsync(below, sent, job.Spec.Name!, progress, cancellationToken);
            if (!made.Ok) return new EngineFault(made.Fault.Code == "unavailable" ? "unavailable" : "setup-failed", made.Fault.Message);
            (below, digest) = (made.Value.Reference, made.Value.Digest);
        }
        if (options.Settings.Registry is { } registry && (digest is null || isElsewhere))
        {
            var place = $"{registry}/{job.Spec.Name}";
            var target = $"{place}:{below["sha256:".Length..][..12]}";
            var pushed = await store.PushImageAsync(below, target, LoginOf(job, target), progress, cancellationToken);
            if (!pushed.Ok) return pushed.Fault;
            digest = pushed.Value;
            if (isElsewhere) return image.Value with { Reference = $"{place}@{digest}", Digest = digest, Size = null };
        }
        if (isElsewhere) return Unready(JobRules.NoRegistry);
        var whole = await maker.PrepareAsync(below, null, cancellationToken);
        return whole.Ok ? whole.Value with { Digest = digest ?? whole.Value.Digest } : whole;
    }

    /// <summary>The engine that makes a job's image: its own; for the environment of a machine that runs elsewhere the one that has that.</summary>
    private IEngine MakerOf(IEngine engine, JobRecord job) =>
        engine.SchedulesItself && job.Environment is not null ? options.Engines.Values.FirstOrDefault(each => each is IImageStore) ?? engine : engine;

    /// <summary>Says of an image that is known by an id or a digest what there is in its place.</summary>
    private static async Task<EngineFault> MissingAsync(IImageStore store, JobRecord job, EngineFault missing, CancellationToken cancellationToken)
    {
        if (job.ImagePin is { } pin) return missing with { Message = $"{job.Spec.Image} was {pin} when the job was submitted, and that is not there any more; mend: submit it again." };
        if (job.Spec.Image?.Split('@') is not [var tagged, var wanted] || await store.FindImageAsync(tagged, cancellationToken) is not { Ok: true, Value: { } other }) return missing;
        return missing with { Message = $"The image {tagged} that is here is {other.Digest ?? other.Reference}, and {wanted} was asked for; mend: name the one that is meant, or pull the other (holdfast image pull)." };
    }

    /// <summary>Starts the attempt; its folders, variables and secrets are made ready first. Fault <c>setup-failed</c> when one of those cannot be.</summary>
    public async Task<EngineResult<WorkloadStatus>> RunAsync(IEngine engine, JobRecord job, EngineImage image, CancellationToken cancellationToken)
    {
        var folders = options.Folders;
        var work = HubFolders.Make(Path.Combine(folders.JobOf(job.Id), WorkloadOf(job)));
        var places = JobPlaces.Of(job, options, engine, work);
        if (JobOutputFolder.Make(HubFolders.Make(folders.Storage), job.Output) is { } trouble) return Unready(trouble);
        HubFolders.Make(Path.Combine(work, "home"));
        HubFolders.Make(Path.Combine(work, "code"));
        // An image of a job has its code, and the packages of the home that it was submitted with; one for elsewhere has these also without code.
        var isMade = MakerOf(engine, job) is var maker && maker is IImageStore && (job.Spec.Code is not null || maker != engine);
        if (job.Spec.Code is { } sent && !isMade)
        {
            var hash = JobRules.Hash(sent)!;
            if (code.Find(hash) is null) return Unready($"The code {sent} is not here; mend: submit it again.");
            if (await FolderCopy.RunAsync(folders.CodeFilesOf(hash), Path.Combine(work, "code"), cancellationToken) is { } problem) return Unready($"The code could not be copied: {problem}");
        }
        IReadOnlyList<string> roots = [];
        if (job.Environment is { } frozen && !isMade)
        {
            (roots, var lost) = await environments.PutHomeAsync(frozen, HubFolders.Make(Path.Combine(work, "packages")), cancellationToken);
            if (lost is not null) return Unready(lost);
        }
        var variables = Variables(job, image, places);
        foreach (var name in job.Spec.Secrets)
        {
            if (secrets.Read(job.Owner, name) is not { } secret) return Unready($"{job.Owner} has no secret {name}; mend: holdfast secret set {name}.");
            variables[name] = secret;
        }
        return await engine.StartAsync(new WorkloadSpec
        {
            Id = WorkloadOf(job),
            Image = image.Reference,
            Argv = [.. engine.SchedulesItself ? Again : Shell, .. JobRules.Arguments(job.Spec)],
            Environment = variables,
            WorkingFolder = places.Code,
            // Read-only: files of packages may be the very ones of the person's home.
            Mounts = [.. places.Mounts(options, work, isMade && job.Spec.Code is not null, isMade && job.Environment is not null), .. roots.Select(root => new WorkloadMount(Path.Combine(work, "packages", root), $"{places.Home}/{root}", IsReadOnly: true))],
            Masked = Surroundings.Masked(folders),
            Scratch = HubFolders.Make(Path.Combine(work, "scratch")),
            Resources = JobShape.Of(job.Spec.Resources, options.Settings).Limits with { Gpus = job.Gpus },
            HostName = job.Spec.Name,
            Labels = new Dictionary<string, string> { ["owner"] = OwnerLabel(folders), ["job"] = job.Id },
            OutputFile = folders.LogOf(job.Id),
            Turn = engine.SchedulesItself ? TurnOf(job) : null,
            Layer = isMade ? null : job.Environment?.Layer,
            LayerOf = !isMade && job.Environment is { Layer: not null } environment ? environments.PlaceOf(environment) : null,
        }, cancellationToken);
    }

    /// <summary>Removes what an attempt has left beside its output and its log.</summary>
    public async Task ClearAsync(IEngine engine, JobRecord job, CancellationToken cancellationToken)
    {
        // What the engine cannot let go yet, its next look at what was left will find.
        if (await engine.RemoveAsync(WorkloadOf(job), cancellationToken) is { Ok: false }) return;
        try
        {
            FolderCopy.Remove(Path.Combine(options.Folders.JobOf(job.Id), WorkloadOf(job)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Files of other users: they cost space, not the job.
            JobsLog.NotCleared(log, job.Id, e.Message);
        }
    }

    private WorkloadTurn TurnOf(JobRecord job) => new()
    {
        Gpus = JobShape.Of(job.Spec.Resources, options.Settings).Gpus,
        Nodes = Math.Max(1, job.Spec.Nodes),
        MaxDuration = job.Spec.MaxDuration,
        Grace = job.Spec.StopGrace ?? JobRules.DefaultGrace,
        Priority = job.Spec.Priority ?? JobRules.DefaultPriority,
        Partition = job.Spec.Partition,
        MayRequeue = JobRules.IsTriedAgain(job, JobReason.Interrupted, null),
        Digest = job.Digest,
        Comparison = packages.Comparison(job),
        MustBeSame = job.Spec.Environment == JobRules.Same,
    };

    private Dictionary<string, string> Variables(JobRecord job, EngineImage image, JobPlaces places)
    {
        var output = places.Output(job.Output);
        var path = Surroundings.PathOf(image);
        var parameters = JsonSerializer.Serialize(job.Spec.Parameters, JobJson.Default.IReadOnlyDictionaryStringJsonElement);
        var variables = new Dictionary<string, string>
        {
            ["HOME"] = places.Home,
            ["USER"] = "root",
            ["LANG"] = Surroundings.LanguageOf(image),
            ["PATH"] = job.Environment is null ? $"{path}:{places.Program}" : $"{places.Home}/.local/bin:{path}:{places.Program}",
            ["PYTHONUNBUFFERED"] = "1",
            ["PYTHONPATH"] = Surroundings.PythonPathOf(image, places.Program),
            ["HOLDFAST_JOB_ID"] = job.Id,
            ["HOLDFAST_JOB_NAME"] = job.Spec.Name!,
            ["HOLDFAST_ATTEMPT"] = job.Attempts.Count.ToString(CultureInfo.InvariantCulture),
            ["HOLDFAST_OUTPUT"] = output,
            ["HOLDFAST_PARAMETERS"] = parameters,
            ["HOLDFAST_SHARD_INDEX"] = (job.ShardCount > 1 ? job.Index : 0).ToString(CultureInfo.InvariantCulture),
            ["HOLDFAST_SHARD_COUNT"] = job.ShardCount.ToString(CultureInfo.InvariantCulture),
            // Vertex AI's names: code that was written for it runs as it is.
            ["AIP_MODEL_DIR"] = $"{output}/model/",
            ["AIP_CHECKPOINT_DIR"] = $"{output}/checkpoints/",
            ["AIP_TENSORBOARD_LOG_DIR"] = $"{output}/logs/",
        };
        // What runs is in the image and the code, and nowhere else; a home that was frozen is a part of what runs.
        if (job.Environment is null) variables["PYTHONNOUSERSITE"] = "1";
        // Where no mount shows it at its usual place.
        if (places.Storage != JobOutputFolder.Storage) variables["HOLDFAST_STORAGE"] = places.Storage;
        if (job.Digest is { } digest) variables["HOLDFAST_IMAGE_DIGEST"] = digest;
        if (JobOutputFolder.LatestCheckpoint(options.Folders.Storage, job.Output) is { } checkpoint) variables["HOLDFAST_RESUME_FROM"] = places.Output(checkpoint);
        foreach (var (name, value) in job.Spec.Env) variables[name] = value;
        return variables;
    }

    private RegistryLogin? LoginOf(JobRecord job, string image) => ImageName.Parse(image) is { } name ? logins.Find(job.Owner, name.Registry) : null;

    private static EngineFault Unready(string message) => new("setup-failed", message);
}

/// <summary>Where a job sees what is its own: by fixed paths, or, where an engine makes no mounts, by those of this host.</summary>
internal sealed record JobPlaces(string Storage, string Code, string Home, string Program)
{
    public static JobPlaces Of(JobRecord job, HubOptions options, IEngine engine, string work) => engine.HasOwnRoots || job.Spec.Image is not null
        ? new("/storage", "/code", HomeOf(job), Surroundings.ProgramPlace)
        : new(options.Folders.Storage, Path.Combine(work, "code"), Path.Combine(work, "home"), options.ProgramFolder);

    public static string HomeOf(JobRecord job) => $"/home/{job.Owner}";

    /// <summary>Where the job sees a path below <c>/storage</c>.</summary>
    public string Output(string path) => Storage + path[JobOutputFolder.Storage.Length..];

    /// <summary>What is mounted. An image that has code or home has them in the place of a folder of this host.</summary>
    public IReadOnlyList<WorkloadMount> Mounts(HubOptions options, string work, bool hasCode, bool hasHome) =>
    [
        new(options.Folders.Storage, Storage),
        .. hasCode ? [] : (WorkloadMount[])[new(Path.Combine(work, "code"), Code)],
        .. hasHome ? [] : (WorkloadMount[])[new(Path.Combine(work, "home"), Home)],
        new(options.ProgramFolder, Program, IsReadOnly: true),
    ];
}
