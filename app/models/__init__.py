"""Tables and constraints, no rules. One file per part of the domain; all names meet here."""

from app.extensions import Base
from app.models.api import IdempotencyKey
from app.models.approval import OfficeApproval
from app.models.booking import Booking, BookingDate, BookingResource, History, Slot
from app.models.calendar import FeedChange, FeedGeneration
from app.models.delivery import ReportDelivery, ReportHold, ReportSent
from app.models.directory import DirectoryMark
from app.models.invitation import Guest, Invitation, MailedBooking, ReceivedMail
from app.models.money import (
    AidCap,
    AidCompany,
    AidDecision,
    AidElsewhere,
    AidPassing,
    AidTerms,
    ExchangeRate,
    ResourceValue,
)
from app.models.office import Closure, GoalJudgement, Office, OpeningHours, Project, ProjectFunder, Target
from app.models.organisation import Activity, Category, Organisation
from app.models.outbox import JobRun, OutboxMail
from app.models.outside import OutsideCalendar, OutsideTime
from app.models.person import ApiToken, Membership, Person, Role, SignIn, SignInFailure, SignInLink
from app.models.report import ReportSnapshot, ReportWords
from app.models.resource import Pool, Resource, ResourceCapacity, ResourcePart
from app.models.roll_up import (
    UsageChange,
    UsageDates,
    UsageDay,
    UsageLong,
    UsagePersons,
    UsageShare,
    UsageTime,
)
from app.models.rule import BookingRule, Waiting
from app.models.sheet import SheetMatching

__all__ = [
    "Activity",
    "AidCap",
    "AidCompany",
    "AidDecision",
    "AidElsewhere",
    "AidPassing",
    "AidTerms",
    "ApiToken",
    "Base",
    "Booking",
    "BookingDate",
    "BookingResource",
    "BookingRule",
    "Category",
    "Closure",
    "DirectoryMark",
    "ExchangeRate",
    "FeedChange",
    "FeedGeneration",
    "GoalJudgement",
    "Guest",
    "History",
    "IdempotencyKey",
    "Invitation",
    "JobRun",
    "MailedBooking",
    "Membership",
    "Office",
    "OfficeApproval",
    "OpeningHours",
    "Organisation",
    "OutboxMail",
    "OutsideCalendar",
    "OutsideTime",
    "Person",
    "Pool",
    "Project",
    "ProjectFunder",
    "ReceivedMail",
    "ReportDelivery",
    "ReportHold",
    "ReportSent",
    "ReportSnapshot",
    "ReportWords",
    "Resource",
    "ResourceCapacity",
    "ResourcePart",
    "ResourceValue",
    "Role",
    "SheetMatching",
    "SignIn",
    "SignInFailure",
    "SignInLink",
    "Slot",
    "Target",
    "UsageChange",
    "UsageDates",
    "UsageDay",
    "UsageLong",
    "UsagePersons",
    "UsageShare",
    "UsageTime",
    "Waiting",
]
