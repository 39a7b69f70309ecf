namespace Holdfast.Hub.Jobs;

/// <summary>Is told of each change of a job, in order, and once. After a start of the hub nothing is told of what was so before.</summary>
internal interface IJobObserver
{
    /// <summary>Called while the job's record is held: it must be quick, and must not call the <see cref="JobBook"/>.</summary>
    /// <param name="before">As it was.</param>
    /// <param name="now">As it was just written.</param>
    void Changed(JobRecord before, JobRecord now);
}
