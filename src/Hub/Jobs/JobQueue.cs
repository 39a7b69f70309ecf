namespace Holdfast.Hub.Jobs;

/// <summary>
/// The jobs that wait, in the order in which they are to run: fair by person (who has the least at work is next), of one person by priority, then by age. Not safe for concurrent calls.
/// </summary>
internal sealed class JobQueue
{
    private readonly Dictionary<string, SortedDictionary<int, List<JobRecord>>> _people = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _atWork = new(StringComparer.Ordinal);

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a job, or puts it in the place of itself as it was.</summary>
    public void Put(JobRecord job)
    {
        if (!_people.TryGetValue(job.Owner, out var levels)) _people[job.Owner] = levels = [];
        if (!levels.TryGetValue(Level(job), out var jobs)) levels[Level(job)] = jobs = [];
        var at = Find(jobs, job.Number);
        if (at >= 0) jobs[at] = job;
        else
        {
            jobs.Insert(~at, job);
            Count++;
        }
    }

    /// <summary>Takes a job out; nothing happens when it is not there.</summary>
    public void Remove(JobRecord job)
    {
        if (!_people.TryGetValue(job.Owner, out var levels) || !levels.TryGetValue(Level(job), out var jobs) || Find(jobs, job.Number) is not (>= 0 and var at)) return;
        jobs.RemoveAt(at);
        Count--;
        if (jobs.Count == 0) levels.Remove(Level(job));
        if (levels.Count == 0) _people.Remove(job.Owner);
    }

    /// <summary>Somebody has one more, or one less, at work.</summary>
    public void AtWork(string owner, int change) => _atWork[owner] = _atWork.GetValueOrDefault(owner) + change;

    /// <summary>How many run before a job, if nothing changes: one of everybody's in turn. Null when it does not wait.</summary>
    public int? Position(JobRecord job)
    {
        if (!_people.TryGetValue(job.Owner, out var levels) || !levels.TryGetValue(Level(job), out var jobs) || Find(jobs, job.Number) is not (>= 0 and var at)) return null;
        var own = levels.TakeWhile(level => level.Key < Level(job)).Sum(level => level.Value.Count) + at;
        return own + _people.Where(other => other.Key != job.Owner).Sum(other => Math.Min(own, other.Value.Values.Sum(list => list.Count)));
    }

    /// <summary>
    /// Takes out all that can run now. A job that has no room keeps what there is for itself: none that came later, and needs the same, overtakes it again and again.
    /// </summary>
    /// <param name="free">What is free.</param>
    /// <param name="shape">What a job takes.</param>
    /// <param name="mayRun">Whether a job may run as far as it is not about room.</param>
    public List<JobRecord> TakeNext(JobRoom.Free free, Func<JobRecord, JobShape> shape, Func<JobRecord, bool> mayRun)
    {
        var taken = new List<JobRecord>();
        var people = _people.ToDictionary(person => person.Key, person => person.Value.Values.SelectMany(jobs => jobs).GetEnumerator(), StringComparer.Ordinal);
        var next = people.Where(person => Advance(person.Value, mayRun)).Select(person => person.Key).ToHashSet(StringComparer.Ordinal);
        var share = next.ToDictionary(person => person, person => _atWork.GetValueOrDefault(person), StringComparer.Ordinal);
        while (next.Count > 0 && !free.IsNone)
        {
            var person = next.MinBy(person => (share[person], people[person].Current.Number))!;
            var job = people[person].Current;
            var wanted = shape(job);
            if (free.Has(wanted))
            {
                taken.Add(job);
                share[person]++;
            }
            free = free.Without(wanted);
            if (!Advance(people[person], mayRun)) next.Remove(person);
        }
        taken.ForEach(Remove);
        return taken;
    }

    private static bool Advance(IEnumerator<JobRecord> jobs, Func<JobRecord, bool> mayRun)
    {
        while (jobs.MoveNext())
        {
            if (mayRun(jobs.Current)) return true;
        }
        return false;
    }

    /// <summary>The highest priority first.</summary>
    private static int Level(JobRecord job) => -(job.Spec.Priority ?? JobRules.DefaultPriority);

    private static int Find(List<JobRecord> jobs, long number)
    {
        var (low, high) = (0, jobs.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (jobs[middle].Number == number) return middle;
            if (jobs[middle].Number < number) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}
